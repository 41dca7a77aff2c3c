"""A simulated SourceMeter on the cell of a `ResistorWorld`: a client at its wire, and the driver in front of it."""

from collections.abc import Callable
from dataclasses import replace

from operando.drivers.bench.roles import DriverContext, Roles
from operando.drivers.clock import VirtualClock
from operando.drivers.links import Address, Link, LinkContext, LinkRegistry
from operando.drivers.potentiostats.keithley.keithley_2400 import open_keithley_2400
from operando.drivers.potentiostats.keithley.keithley_2450 import open_keithley_2450, open_keithley_2461
from operando.drivers.roles import Potentiostat, Samples, StepEnd
from operando.simulators.faults import WireFaults
from operando.simulators.links import SimulatedLink
from operando.simulators.potentiostats.keithley import (
    KEITHLEY_2400,
    KEITHLEY_2450,
    KEITHLEY_2461,
    Keithley2400,
    Keithley2450,
    SourceMeterSettings,
)
from support.one_instrument import context_for
from support.resistor_world import Client, ResistorCell, ResistorWorld

__all__ = ["KeithleyClient", "KeithleyDriver", "quiet"]


OPEN: dict[str, Callable[[DriverContext], Roles]] = {
    "2400": open_keithley_2400,
    "2450": open_keithley_2450,
    "2461": open_keithley_2461,
}


def quiet(settings: SourceMeterSettings) -> SourceMeterSettings:
    """Without noise, so that a test knows every digit."""
    return replace(settings, voltage_noise_V=0.0, current_noise=0.0)


def _engine(world: ResistorWorld, model: str) -> Keithley2400 | Keithley2450:
    if model == "2400":
        return Keithley2400(world, quiet(KEITHLEY_2400))
    return Keithley2450(world, quiet(KEITHLEY_2461 if model == "2461" else KEITHLEY_2450))


class KeithleyClient:
    """Sends messages and gives answers; asks nothing by itself."""

    def __init__(self, model: str = "2450", cell: ResistorCell | None = None) -> None:
        self.world = ResistorWorld(cell)
        self.cell = self.world.cell
        self.engine = _engine(self.world, model)
        self.client = Client(self.engine.connect("", 1, 0.0))

    def ask(self, *messages: str) -> str:
        """The answers to some messages, without the line ends."""
        said = b"".join(self.client.ask(message.encode() + b"\n", 0.2) for message in messages)
        return said.decode().strip().replace("\n", "|")

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.client.read(self.client.now + seconds)
        self.world.advance(self.client.now)


class KeithleyDriver:
    """The driver, in virtual time, and everything behind its wire."""

    def __init__(self, model: str = "2450", cell: ResistorCell | None = None, *, accepted: bool = True) -> None:
        self.clock = VirtualClock()
        self.world = ResistorWorld(cell)
        self.cell = self.world.cell
        self.engine = _engine(self.world, model)
        self.faults = WireFaults()
        self._open = OPEN[model]
        self._accepted = accepted
        self.potentiostat = self.another()

    def another(self) -> Potentiostat:
        """Another process connects."""
        context = context_for([], self.clock, accepted=self._accepted)
        roles = self._open(replace(context, links=_Links(self)))
        assert roles.potentiostat is not None
        return roles.potentiostat

    def link(self) -> Link:
        """A new wire to the instrument."""
        return SimulatedLink(Address.parse("sim://smu"), self.clock, self.engine, self.faults, "", 1)

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.clock.sleep_until(self.clock.now() + seconds)
        self.world.advance(self.clock.now())

    def to_end(self, every_s: float = 5.0, at_most_s: float = 1e5) -> tuple[list[Samples], StepEnd]:
        """Poll until the step has ended; everything that was said."""
        said: list[Samples] = []
        until_s = self.clock.now() + at_most_s
        while self.clock.now() < until_s:
            self.wait(every_s)
            said.append(self.potentiostat.poll())
            end = said[-1].end
            if end is not None:
                return said, end
        raise AssertionError("the step did not end")


class _Links(LinkRegistry):
    """Opens a new wire to the instrument as often as it is asked to."""

    def __init__(self, driver: KeithleyDriver) -> None:
        super().__init__(LinkContext(driver.clock))
        self._driver = driver

    def open(self, address: Address) -> Link:
        return self._driver.link()
