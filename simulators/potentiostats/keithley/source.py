"""The source: what is applied to the cell, the limits that clamp it, and what the output does when it goes off."""

from dataclasses import dataclass, field
from math import copysign, inf

from operando.simulators.potentiostats.keithley.settings import SourceMeterSettings
from operando.simulators.world.world import World

__all__ = ["CURRENT", "VOLTAGE", "Source"]

CURRENT, VOLTAGE = "CURR", "VOLT"
LOOK_EVERY_S = 0.5
"""How often a current source looks whether the cell has reached its voltage limit."""


@dataclass(slots=True)
class _Applied:
    """What is impressed on the cell."""

    function: str
    level: float
    limit: float


@dataclass(slots=True)
class Source:
    """Settings of the source and the state of the output.

    A limit is a magnitude, for both polarities: the instrument clamps there and stays on. Off in the high-impedance
    state opens the relay; in every other state 0 V are left across the cell, within the current limit (sheet 2.4).
    """

    world: World
    settings: SourceMeterSettings
    function: str = VOLTAGE
    levels: dict[str, float] = field(default_factory=lambda: {CURRENT: 0.0, VOLTAGE: 0.0})
    voltage_limit_V: float = 0.0
    current_limit_A: float = 0.0
    ranges: dict[str, float] = field(default_factory=lambda: {CURRENT: 1e-4, VOLTAGE: 2.0})
    range_auto: dict[str, bool] = field(default_factory=lambda: {CURRENT: True, VOLTAGE: True})
    read_back: dict[str, bool] = field(default_factory=lambda: {CURRENT: True, VOLTAGE: True})
    high_capacitance: dict[str, bool] = field(default_factory=lambda: {CURRENT: False, VOLTAGE: False})
    off_states: dict[str, str] = field(default_factory=lambda: {CURRENT: "NORM", VOLTAGE: "NORM"})
    protection_V: float = inf
    output: bool = False
    _applied: _Applied | None = None
    _looking: bool = False

    def __post_init__(self) -> None:
        self.voltage_limit_V = self.settings.power_on_voltage_limit_V
        self.current_limit_A = self.settings.power_on_current_limit_A

    def switch(self, *, on: bool, now: float) -> None:
        """Turn the output on or off."""
        was, self.output = self.output, on
        if on:
            self.apply(now)
        elif was:
            self._let_go(now)

    def apply(self, now: float) -> None:
        """The settings take effect on the cell, if the output is on."""
        if not self.output:
            return
        if self.function == VOLTAGE:
            level_V = self.levels[VOLTAGE]
            if abs(level_V) > self.protection_V:
                level_V = copysign(self.protection_V, level_V)
            self._drive(_Applied(VOLTAGE, level_V, self.current_limit_A), now)
        else:
            self._drive(_Applied(CURRENT, self.levels[CURRENT], 0.0), now)
            self._clamp(now)
            if not self._looking:
                self._looking = True
                self.world.call_at(now + LOOK_EVERY_S, self._look)

    def measure(self, now: float) -> tuple[float, float]:
        """True voltage (V) and current (A) at the cell."""
        if self.output and self.function == CURRENT:
            self._clamp(now)
        return self.world.cell.measure(now)

    def limited(self, now: float) -> bool:
        """Whether the limit, not the level, determines what the cell gets."""
        if not self.output:
            return False
        _, current_A = self.measure(now)
        if self.function == VOLTAGE:
            return abs(current_A) >= self.current_limit_A * (1.0 - 1e-6)
        return self._applied is not None and self._applied.function == VOLTAGE

    def _let_go(self, now: float) -> None:
        self._applied = None
        if self.off_states[self.function] == "HIMP":
            self.world.cell.open_circuit(now)
        else:
            self.world.cell.drive_voltage(0.0, now, self.current_limit_A)

    def _clamp(self, now: float) -> None:
        """A current source becomes a voltage source at its voltage limit, and stays one until it is set anew."""
        highest_V = min(self.voltage_limit_V, self.protection_V)
        voltage_V, _ = self.world.cell.measure(now)
        if self._applied is not None and self._applied.function == CURRENT and abs(voltage_V) > highest_V:
            level_A = abs(self.levels[CURRENT]) or self.settings.current_A
            self._drive(_Applied(VOLTAGE, copysign(highest_V, voltage_V), level_A), now)

    def _look(self, now: float) -> None:
        self._looking = self.output and self.function == CURRENT
        if self._looking:
            self._clamp(now)
            self.world.call_at(now + LOOK_EVERY_S, self._look)

    def _drive(self, wanted: _Applied, now: float) -> None:
        if wanted == self._applied:
            return
        self._applied = wanted
        if wanted.function == VOLTAGE:
            self.world.cell.drive_voltage(wanted.level, now, wanted.limit)
        else:
            self.world.cell.drive_current(wanted.level, now)
