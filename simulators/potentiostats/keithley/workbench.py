"""What commands and trigger model work on: source, meter, buffers, and the world they stand in."""

from dataclasses import dataclass, field

from operando.simulators.potentiostats.keithley.buffers import Buffers, StoredReading
from operando.simulators.potentiostats.keithley.meter import Meter
from operando.simulators.potentiostats.keithley.settings import SourceMeterSettings
from operando.simulators.potentiostats.keithley.source import CURRENT, VOLTAGE, Source
from operando.simulators.world.world import World

__all__ = ["Workbench"]

UNITS = {VOLTAGE: "Volt DC", CURRENT: "Amp DC"}
SOURCE_LIMITED, SOURCE_READ_BACK, SOURCE_FOUR_WIRE, SOURCE_ON = 8, 2, 16, 32
FRONT_TERMINALS = 8


@dataclass(slots=True)
class Workbench:
    """The measuring part of a SourceMeter."""

    world: World
    settings: SourceMeterSettings
    source: Source
    meter: Meter
    buffers: Buffers = field(default_factory=Buffers)
    terminals: str = "FRON"
    keeps_four_wire: bool = False
    """Whether four-wire sensing stays on when the output goes off; on the 2450 family it does not."""

    @classmethod
    def of(cls, world: World, settings: SourceMeterSettings, name: str) -> "Workbench":
        """As it is after power on.

        Args:
            world: with the cell.
            settings: of the model.
            name: under which it draws its noise.
        """
        source = Source(world, settings)
        return cls(world, settings, source, Meter(source, settings, world.noise(name)))

    def reset(self, now: float) -> None:
        """`*RST`: the output goes off, and everything is as after power on."""
        self.switch_output(on=False, now=now)
        self.source = Source(self.world, self.settings)
        self.meter = Meter(self.source, self.settings, self.meter.noise)
        self.buffers.reset()
        self.terminals = "FRON"

    def switch_output(self, *, on: bool, now: float) -> None:
        """Turn the output on or off; when it goes off, the sense wires may be let go, too."""
        self.source.switch(on=on, now=now)
        if not on and not self.keeps_four_wire:
            self.meter.four_wire = {CURRENT: False, VOLTAGE: False}

    def take_reading(self, now: float) -> StoredReading:
        """Measure what the meter is set to, and what is sourced beside it."""
        source, meter = self.source, self.meter
        measured = meter.measure(now)
        reading = measured.of(meter.function)
        function = source.function
        sourced = measured.of(function) if source.read_back[function] else source.levels[function]
        status = SOURCE_READ_BACK * source.read_back[function] | SOURCE_LIMITED * measured.limited
        status |= SOURCE_FOUR_WIRE * meter.four_wire[meter.function] | SOURCE_ON * source.output
        front = FRONT_TERMINALS if self.terminals == "FRON" else 0
        return StoredReading(now, reading, sourced, UNITS[meter.function], UNITS[function], front, status)
