"""A KELLER 33X behind its two protocols: what it measures, how it is adjusted, and its address."""

import math
from dataclasses import dataclass

from operando.simulators.gauges.keller_refusal import Reason, Refused
from operando.simulators.gauges.keller_settings import KellerSettings
from operando.simulators.world.world import World

__all__ = ["GAIN", "OFFSET", "Measurement", "Transmitter"]

KELVIN = 273.15
BAR_Pa = 1e5
POWER_UP_MODE = 0x80
HIGHEST_ADDRESS = 247

OFFSET, GAIN, LOWEST_PRESSURE, HIGHEST_PRESSURE, LOWEST_TEMPERATURE, HIGHEST_TEMPERATURE = 64, 65, 80, 81, 86, 87
"""Numbers of coefficients."""

TEMPERATURE_RANGE_C = (-10.0, 80.0)


@dataclass(frozen=True, slots=True)
class Measurement:
    """What the transmitter measures now: bar, degrees Celsius, status byte."""

    pressure_bar: float
    temperature_C: float
    status: int = 0


class Transmitter:
    """Pressure in the wall of the box, temperature of the sensor (TOB1), coefficients, address and status."""

    def __init__(self, world: World, settings: KellerSettings) -> None:
        self.settings = settings
        self.unit = settings.unit
        self.initialised = False
        self._world = world
        self._noise = world.noise("box gauge")
        self._power_up_until_s = 0.0
        self._adjustment = {OFFSET: 0.0, GAIN: 1.0}

    def power_cycle(self, now: float) -> None:
        """The supply failed for a moment: the KELLER bus must be initialised again; address and zero stay."""
        self.initialised = False
        self._power_up_until_s = now + self.settings.power_up_s

    def measure(self, now: float) -> Measurement:
        """What it measures at a time."""
        self._world.advance(now)
        pressure, temperature = self._noise.standard_normal(2)
        true_bar = self._world.box.pressure_Pa(now) / BAR_Pa
        true_celsius = self._world.box.temperature_K(now) - KELVIN
        bar = self.settings.stuck_bar
        if bar is None:
            bar = true_bar + pressure * self.settings.pressure_noise_bar
            bar = self._readable(bar * self._adjustment[GAIN] + self._adjustment[OFFSET])
        celsius = self.settings.stuck_celsius
        if celsius is None:
            celsius = true_celsius + temperature * self.settings.temperature_noise_K
        return Measurement(float(bar), float(celsius), self._status(now))

    def coefficients(self) -> dict[int, float]:
        """All coefficients by number."""
        low, high = self.settings.range_bar
        coldest, warmest = TEMPERATURE_RANGE_C
        limits = {
            LOWEST_PRESSURE: low,
            HIGHEST_PRESSURE: high,
            LOWEST_TEMPERATURE: coldest,
            HIGHEST_TEMPERATURE: warmest,
        }
        return self._adjustment | limits

    def write_coefficient(self, number: int, value: float) -> None:
        """Set offset (bar) or gain of P1.

        Raises:
            Refused: if there is no such coefficient, or it is not to be written.
        """
        if number not in self.coefficients():
            raise Refused(Reason.ILLEGAL_ADDRESS)
        if number not in self._adjustment or not math.isfinite(value):
            raise Refused(Reason.DEVICE_FAILURE)
        self._adjustment[number] = value

    def set_zero(self, reading_bar: float, now: float) -> None:
        """Shift the offset such that P1 reads a value.

        Raises:
            Refused: while the supply has just come back, or if there is nothing to shift.
        """
        shift_bar = reading_bar - self.measure(now).pressure_bar
        if now < self._power_up_until_s or not math.isfinite(shift_bar):
            raise Refused(Reason.DEVICE_FAILURE)
        self._adjustment[OFFSET] += shift_bar

    def reset_zero(self) -> None:
        """The offset of the factory."""
        self._adjustment[OFFSET] = 0.0

    def change_address(self, unit: int) -> None:
        """Listen to another address from now on.

        Raises:
            Refused: if it is none for one device.
        """
        if not 1 <= unit <= HIGHEST_ADDRESS:
            raise Refused(Reason.DEVICE_FAILURE)
        self.unit = unit

    def _status(self, now: float) -> int:
        return self.settings.status | (POWER_UP_MODE if now < self._power_up_until_s else 0)

    def _readable(self, bar: float) -> float:
        low, high = self.settings.range_bar
        margin = 0.1 * (high - low)
        if bar > high + margin:
            return math.inf
        return -math.inf if bar < low - margin else bar
