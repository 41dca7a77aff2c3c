"""What the roles of one ZEM share."""

from dataclasses import dataclass, field

from operando.drivers.bench.file import StageEntry
from operando.drivers.bench.gate import Gate
from operando.drivers.clock import Clock
from operando.drivers.errors import ConfigMismatch, ProtocolError
from operando.drivers.links import Address, LinkRegistry
from operando.drivers.microscopes.zem.exchange import ZemExchange
from operando.drivers.microscopes.zem.options import DetectorChannel, ZemOptions
from operando.drivers.roles import Identity

__all__ = ["OLD_MODELS", "Part", "Zem"]

OLD_MODELS = frozenset({"ZEM15", "ZEM18", "ZEM18OLD"})
"""They send 16-bit pictures high byte first; the last of them counts its stage in pulses, and is not supported."""


@dataclass(slots=True)
class Zem:
    """One microscope, as its roles see it.

    Args:
        name: in the bench file.
        address: of its commands.
        links: opens sockets.
        clock: stamps and bounds everything.
        gate: asked before each command with an effect.
        exchange: asks it.
        options: of the bench entry.
        stage_entry: limits of the bench.
        model: as it calls itself.
        made_safe: how often that was asked for; what began before is overtaken.
    """

    name: str
    address: Address
    links: LinkRegistry
    clock: Clock
    gate: Gate
    exchange: ZemExchange
    options: ZemOptions
    stage_entry: StageEntry
    model: str = ""
    made_safe: int = field(default=0)

    @property
    def where(self) -> str:
        """The instrument and its address, for errors."""
        return f"{self.name} ({self.address})"

    def identify(self) -> Identity:
        """Its model; it tells neither a serial number nor its software. An old one does not know the question."""
        try:
            self.model = self.exchange.ask("GetModel").value
        except ProtocolError:
            self.model = "ZEM18"
        return Identity("ZEPTOOLS", self.model, "", "", str(self.address))

    def channel(self, detector: str) -> DetectorChannel:
        """The microscope's channel for a detector of the bench file.

        Raises:
            ConfigMismatch: if the bench file names no such detector.
        """
        channels = self.options.detectors
        if detector not in channels:
            raise ConfigMismatch(
                f"there is no detector {detector!r}",
                where=self.where,
                remedy=f"The bench file names: {', '.join(channels)}.",
            )
        return channels[detector]


class Part:
    """The shared base of the roles; see `operando.drivers.roles.Instrument`."""

    def __init__(self, zem: Zem) -> None:
        self.zem = zem
        self._clock = zem.clock

    @property
    def name(self) -> str:
        """The name that the bench file gives."""
        return self.zem.name

    @property
    def connection(self) -> str:
        """One question at a time."""
        return self.zem.name

    def identify(self) -> Identity:
        """Ask it who it is. Never changes anything."""
        return self.zem.identify()

    @property
    def keep_alive_every_s(self) -> None:
        """A ZEM does not know its clients."""

    def keep_alive(self) -> None:
        """A ZEM does not know its clients."""

    def close(self) -> None:
        """Each exchange has a socket of its own, so there is nothing to let go of."""

    def _require(self, action: str) -> None:
        self.zem.gate.require(action)
