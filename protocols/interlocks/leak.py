"""The leak of a sealed volume by the slope of p/T.

q = V T d(p/T)/dt (as 40 CFR 1065.644 does it), because 1 K at 1.1 bar looks like 3.7 mbar otherwise.
"""

from collections import deque
from dataclasses import dataclass

import numpy as np

__all__ = ["LeakEstimate", "LeakEstimator"]

WINDOW_S = 3600.0
FEWEST_READINGS = 10
SHORTEST_S = 600.0
OPENED_SHARE = 0.05
"""Gas that cannot be lost between two readings unless the seal is open."""
LOWEST_SEALED_Pa = 5e3
"""A box with less gas stands open in vacuum, or was evacuated for its transport."""


@dataclass(frozen=True, slots=True)
class LeakEstimate:
    """Leak in Pa m^3/s, positive into the volume, its standard deviation, and the span of the readings in s."""

    rate_Pa_m3_per_s: float
    sigma_Pa_m3_per_s: float
    window_s: float


class LeakEstimator:
    """Least squares over the last hour.

    Args:
        volume_m3: of what is sealed.
    """

    def __init__(self, volume_m3: float) -> None:
        self._volume_m3 = volume_m3
        self._readings: deque[tuple[float, float, float]] = deque()
        self._temperature_K: float | None = None
        self._estimate: LeakEstimate | None = None
        self.opened = ""
        """Why the seal is open: a sudden change; empty if there has been none."""

    def temperature(self, temperature_K: float) -> None:
        """The temperature that belongs to the next pressure."""
        self._temperature_K = temperature_K

    def pressure(self, time_s: float, pressure_Pa: float) -> None:
        """A pressure; without a temperature it says nothing about gas."""
        if self._temperature_K is None:
            return
        if self._readings:
            before = self._readings[-1][1] / self._readings[-1][2]
            lost = 1.0 - pressure_Pa / self._temperature_K / before if before > 0 else 0.0
            if abs(lost) > OPENED_SHARE and self._pressurised:
                self.opened = f"{'lost' if lost > 0 else 'gained'} {abs(lost):.0%} of its gas between two readings"
        self._readings.append((time_s, pressure_Pa, self._temperature_K))
        while time_s - self._readings[0][0] > WINDOW_S:
            self._readings.popleft()
        self._estimate = None

    def estimate(self) -> LeakEstimate | None:
        """The leak now; None while there are too few readings, or too short a time."""
        # rules ask far more often than gauges are read
        self._estimate = self._estimate or self._fitted()
        return self._estimate

    def _fitted(self) -> LeakEstimate | None:
        if len(self._readings) < FEWEST_READINGS or self._readings[-1][0] - self._readings[0][0] < SHORTEST_S:
            return None
        times, pressures, temperatures = np.array(self._readings).T
        amount = pressures / temperatures
        centred = times - times.mean()
        spread = float(centred @ centred)
        slope = float(centred @ amount) / spread
        residual = amount - amount.mean() - slope * centred
        sigma = float(np.sqrt(residual @ residual / (times.size - 2) / spread))
        scale = self._volume_m3 * float(temperatures.mean())
        return LeakEstimate(scale * slope, scale * sigma, float(times[-1] - times[0]))

    def forget(self) -> None:
        """Begin anew: another phase, or a seal that was made again."""
        self._readings.clear()
        self._estimate = None
        self.opened = ""

    @property
    def _pressurised(self) -> bool:
        """Whether the last reading found gas that could be lost; an open box in vacuum reads nothing but noise."""
        return self._readings[-1][1] > LOWEST_SEALED_Pa
