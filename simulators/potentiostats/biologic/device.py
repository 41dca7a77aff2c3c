"""A simulated BioLogic device, and the library in this process through which it is reached."""

from operando.drivers.clock import Clock
from operando.simulators.potentiostats.biologic.channel import SimulatedChannel
from operando.simulators.potentiostats.biologic.functions import FakeEClib
from operando.simulators.world.world import World

__all__ = ["BioLogicDevice"]

SP_150, SP_200 = 14, 21


class BioLogicDevice:
    """One device with channels in some of its slots; the cell hangs on the first.

    Args:
        world: whose cell it drives.
        newer: whether it is one of the family of the VMP-300.
        plugged: numbers of the channels that are there, from 0.
        memory_words: of each channel.
    """

    def __init__(
        self, world: World, *, newer: bool = False, plugged: tuple[int, ...] = (0,), memory_words: int = 200_000
    ) -> None:
        self.world = world
        self.newer = newer
        self.device_code = SP_200 if newer else SP_150
        self.reachable = True
        """Cleared by a test: the network is gone. The channels go on."""
        self.clients: set[int] = set()
        self.channels = {number: SimulatedChannel(world, newer, memory_words) for number in plugged}

    def functions(self, clock: Clock) -> FakeEClib:
        """The library, as a process has it that has loaded it."""
        return FakeEClib(self, clock)
