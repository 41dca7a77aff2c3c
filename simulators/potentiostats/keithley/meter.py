"""The meter: what the converter makes of the cell's true voltage and current."""

from dataclasses import dataclass, field

import numpy as np

from operando.simulators.potentiostats.keithley.settings import SourceMeterSettings
from operando.simulators.potentiostats.keithley.source import CURRENT, VOLTAGE, Source

__all__ = ["OVERFLOW", "Measured", "Meter"]

OVERFLOW = 9.9e37
"""Also what was not measured (sheet 2.5)."""
OVERRANGE = 1.05


@dataclass(frozen=True, slots=True)
class Measured:
    """One measurement of both quantities, and when it began."""

    time_s: float
    voltage_V: float
    current_A: float
    limited: bool

    def of(self, function: str) -> float:
        """The reading of a function."""
        return self.voltage_V if function == VOLTAGE else self.current_A


@dataclass(slots=True)
class Meter:
    """Settings of the measurement. Two-wire measurements see the cable, four-wire ones do not."""

    source: Source
    settings: SourceMeterSettings
    noise: np.random.Generator
    function: str = CURRENT
    four_wire: dict[str, bool] = field(default_factory=lambda: {CURRENT: False, VOLTAGE: False})
    power_line_cycles: dict[str, float] = field(default_factory=lambda: {CURRENT: 1.0, VOLTAGE: 1.0})
    ranges: dict[str, float] = field(default_factory=lambda: {CURRENT: 1e-4, VOLTAGE: 2.0})
    range_auto: dict[str, bool] = field(default_factory=lambda: {CURRENT: True, VOLTAGE: True})
    count: int = 1

    @property
    def duration_s(self) -> float:
        """How long one measurement takes."""
        cycles = self.power_line_cycles[self.function]
        return cycles / self.settings.line_frequency_Hz + self.settings.measurement_overhead_s

    def measure(self, now: float) -> Measured:
        """Measure both quantities. With the output off and the relay open there is nothing to measure but noise."""
        source, settings = self.source, self.settings
        voltage_V, current_A = source.measure(now) if source.output else (0.0, 0.0)
        limited = source.limited(now)
        if not self.four_wire[self.function]:
            voltage_V += current_A * settings.lead_ohm
        first, second = self.noise.standard_normal(2).tolist()
        voltage_V += settings.voltage_noise_V * first
        current_A += settings.current_noise * max(abs(current_A), 1e-8) * second
        return Measured(now, self._ranged(VOLTAGE, voltage_V), self._ranged(CURRENT, current_A), limited)

    def _ranged(self, function: str, value: float) -> float:
        fixed = self.function == function and not self.range_auto[function]
        return OVERFLOW if fixed and abs(value) > OVERRANGE * self.ranges[function] else value
