"""What the roles of one TESCAN microscope share: its connections, its version and what the bench file says."""

from dataclasses import dataclass

from operando.drivers.bench.file import StageEntry
from operando.drivers.bench.gate import Gate
from operando.drivers.clock import Clock
from operando.drivers.microscopes.channels import Channels
from operando.drivers.microscopes.data_connection import DataConnection
from operando.drivers.microscopes.live_image import LiveImage
from operando.drivers.microscopes.optics import Optics
from operando.drivers.microscopes.sharksem_connection import ControlConnection
from operando.drivers.microscopes.tescan_identity import identify_server
from operando.drivers.microscopes.tescan_options import TescanOptions
from operando.drivers.roles import Identity

__all__ = ["Microscope", "Part"]


@dataclass(frozen=True, slots=True)
class Microscope:
    """One microscope, as its roles see it.

    Args:
        name: in the bench file.
        address: of the control connection.
        clock: stamps and bounds everything.
        gate: asked before each command with an effect.
        control: for everything that is part of the measurement.
        watch: a second control connection, for what must never wait behind the first: vacuum and making safe.
        data: delivers pictures.
        options: of the bench entry.
        stage_entry: limits of the bench.
        optics: how beam conditions are asked for and set on this microscope.
        channels: which detector looks through which channel.
        live: the operator's live image.
    """

    name: str
    address: str
    clock: Clock
    gate: Gate
    control: ControlConnection
    watch: ControlConnection
    data: DataConnection
    options: TescanOptions
    stage_entry: StageEntry
    optics: Optics
    channels: Channels
    live: LiveImage

    @property
    def where(self) -> str:
        """The instrument and its address, for errors."""
        return f"{self.name} ({self.address})"


class Part:
    """The shared base of the roles; see `operando.drivers.roles.Instrument`."""

    def __init__(self, microscope: Microscope) -> None:
        self._microscope = microscope
        self._control = microscope.control
        self._clock = microscope.clock

    @property
    def name(self) -> str:
        """The name that the bench file gives."""
        return self._microscope.name

    @property
    def connection(self) -> str:
        """All control roles share one connection."""
        return self._microscope.name

    def identify(self) -> Identity:
        """Ask the server who it is. Never changes anything."""
        return identify_server(self._control, self._microscope.address)

    @property
    def keep_alive_every_s(self) -> None:
        """A SharkSEM server does not forget a client that is silent."""

    def keep_alive(self) -> None:
        """A SharkSEM server does not forget a client that is silent."""

    def close(self) -> None:
        """Let go of the wires: data first, then control (SharkRemote 2.0.25, session management)."""
        self._microscope.data.drop()
        self._microscope.control.close()
        self._microscope.watch.close()

    def _require(self, action: str) -> None:
        self._microscope.gate.require(action)
