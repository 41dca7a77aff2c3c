"""A simulated BioLogic device on the cell of a `ResistorWorld`, and its driver."""

from pathlib import Path

from pydantic import JsonValue

from operando.drivers.bench.options import read_options
from operando.drivers.clock import VirtualClock
from operando.drivers.potentiostats.biologic.channel import Channel
from operando.drivers.potentiostats.biologic.library import EClib
from operando.drivers.potentiostats.biologic.options import BioLogicOptions
from operando.drivers.potentiostats.biologic.potentiostat import BioLogicPotentiostat
from operando.drivers.potentiostats.biologic.worker import Worker
from operando.drivers.roles import Guard, Samples, Step, Technique
from operando.simulators.potentiostats.biologic import BioLogicDevice
from operando.simulators.potentiostats.biologic.channel import SimulatedChannel
from support.one_instrument import context_for
from support.resistor_world import ResistorCell, ResistorWorld

__all__ = ["GUARD", "BioLogicBench", "step"]

LONGEST_STEP_S = 5000.0
GUARD = Guard((2.4, 4.35), (-400e-6, 400e-6), 4000.0)


def step(technique: Technique, number: int = 7, duration_s: float | None = None) -> Step:
    """A step within `GUARD`."""
    return Step(number, technique, GUARD, duration_s)


class BioLogicBench:
    """A device, its world, the fake library, and one driver."""

    def __init__(self, cell: ResistorCell | None = None, *, newer: bool = False, memory_words: int = 200_000) -> None:
        self.clock = VirtualClock()
        self.world = ResistorWorld(cell)
        self.cell = self.world.cell
        self.device = BioLogicDevice(self.world, newer=newer, plugged=(0, 3), memory_words=memory_words)
        self.fake = self.device.functions(self.clock)

    @property
    def channel(self) -> SimulatedChannel:
        """The one that the cell hangs on."""
        return self.device.channels[0]

    def open(self, *, accepted: bool = True, **options: JsonValue) -> BioLogicPotentiostat:
        """A driver with a connection of its own."""
        context = context_for([], self.clock, options, accepted=accepted)
        known = read_options(context, BioLogicOptions)
        channel = Channel(EClib(self.fake, Worker(inline=True)), "192.168.0.1", known.channel, Path("C:/package"))
        return BioLogicPotentiostat(context, known, channel, "6.08")

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.clock.sleep_until(self.clock.now() + seconds)
        self.world.advance(self.clock.now())

    def to_its_end(
        self, driver: BioLogicPotentiostat, every_s: float = 3.0, at_most_s: float = 5000.0
    ) -> list[Samples]:
        """Poll until the end of the step is told."""
        polls = []
        deadline_s = self.clock.now() + LONGEST_STEP_S
        while self.clock.now() < deadline_s:
            self.wait(every_s)
            polls.append(driver.poll())
            if polls[-1].end is not None:
                return polls
        raise AssertionError("the step has not ended")
