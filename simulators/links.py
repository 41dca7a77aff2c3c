"""`sim://`: the real driver talks its real bytes to a simulated instrument in this process, in virtual time.

The part behind the slashes names the instrument and its door: `sim://potentiostat`, `sim://sem`, `sim://sem/data`.
All instruments of a bench live in one world, which the first link makes from the bench file's `world`.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pydantic import JsonValue

from operando.drivers.clock import Clock
from operando.drivers.errors import ConfigMismatch, TransportClosed, TransportTimeout
from operando.drivers.links import Address, Link, LinkContext, PendingLink, Truth
from operando.simulators.engine import Conversation, Engine
from operando.simulators.faults import FaultyConversation, WireFaults
from operando.simulators.laboratory import Laboratory

if TYPE_CHECKING:
    from operando.simulators.potentiostats.biologic.functions import FakeEClib

__all__ = ["SimulatedLinks"]


class SimulatedLinks:
    """Opens links into the one simulated laboratory of a bench."""

    virtual = True

    def __init__(self, context: LinkContext) -> None:
        self.laboratory = Laboratory.from_settings(context.world)
        self._clock = context.clock
        self._next_port = 49152

    def open(self, address: Address) -> Link:
        """Connect to a simulated instrument."""
        return self.prepare(address).connect()

    def prepare(self, address: Address) -> PendingLink:
        """Give the link an own port, by which some instruments pair two connections."""
        self._next_port += 1
        return _PendingSimulated(self.laboratory, self._clock, address, self._next_port)

    def functions(self, address: Address) -> "FakeEClib":
        """The functions of a library, for a simulated device that has no public wire.

        Raises:
            ConfigMismatch: if there is no such device.
        """
        device = self.laboratory.libraries.get(address.place)
        if device is None:
            raise ConfigMismatch(
                f"there is no simulated device {address.place!r} behind a library",
                where=str(address),
                remedy=f"There are: {', '.join(sorted(self.laboratory.libraries))}.",
            )
        return device.functions(self._clock)

    def obey(self, deed: Mapping[str, JsonValue], now: float) -> None:
        """What people do in the laboratory; see `PeopleInWorld`."""
        from operando.simulators.deeds import do_in

        do_in(self.laboratory, deed, now)

    def truth(self) -> Truth:
        """The ground truth of the laboratory."""
        return self.laboratory.truth


class _PendingSimulated:
    def __init__(self, laboratory: Laboratory, clock: Clock, address: Address, local_port: int) -> None:
        self._laboratory = laboratory
        self._clock = clock
        self._address = address
        self.local_port = local_port

    def connect(self) -> Link:
        name, _, endpoint = self._address.place.partition("/")
        engine = self._laboratory.instruments.get(name)
        if engine is None:
            raise ConfigMismatch(
                f"there is no simulated instrument {name!r}",
                where=str(self._address),
                remedy=f"There are: {', '.join(sorted(self._laboratory.instruments))}.",
            )
        faults = self._laboratory.wire_faults(name)
        return SimulatedLink(self._address, self._clock, engine, faults, endpoint, self.local_port)

    def close(self) -> None:
        """A port that leads nowhere holds nothing."""


class SimulatedLink:
    """A wire in virtual time: waiting for a reply charges the caller its due time."""

    simulated = True

    def __init__(
        self, address: Address, clock: Clock, engine: Engine, faults: WireFaults, endpoint: str, local_port: int
    ) -> None:
        self.address = address
        self._clock = clock
        self._faults = faults
        self._pending: list[bytes] = []
        if faults.unplugged(clock.now()):
            raise self._gone("refused")
        try:
            conversation = engine.connect(endpoint, local_port, clock.now())
        except ConnectionRefusedError as error:
            raise self._gone(str(error)) from error
        self._conversation: Conversation = FaultyConversation(conversation, faults)

    def write(self, data: bytes) -> None:
        now = self._clock.now()
        self._require_open(now)
        self._conversation.feed(data, now)

    def read(self, timeout_s: float) -> bytes:
        deadline = self._clock.now() + timeout_s
        while True:
            now = self._clock.now()
            if not self._pending:
                self._pending = self._conversation.collect(now)
            if self._pending:
                return self._pending.pop(0)
            self._require_open(now)
            due = self._conversation.due()
            if due is None or due > deadline or now >= deadline:
                self._clock.sleep_until(deadline)
                if timeout_s <= 0:
                    return b""
                raise TransportTimeout(f"no bytes within {timeout_s:g} s", where=str(self.address))
            self._clock.sleep_until(due)

    def close(self) -> None:
        if not self._conversation.closed:
            self._conversation.disconnect(self._clock.now())

    def _require_open(self, now: float) -> None:
        if self._faults.unplugged(now) or self._conversation.closed:
            raise self._gone("unplugged or hung up")

    def _gone(self, why: str) -> TransportClosed:
        return TransportClosed(f"the connection is closed ({why})", where=str(self.address))
