"""The leak of a closed box as a figure with its uncertainty, from p/T over a stated time.

`q = V T d(p/T)/dt` (as 40 CFR 1065.644 does it). Its uncertainty has three parts, added in squares:

- scatter of the readings about the line, enlarged where neighbouring readings scatter together (a gauge that is read
  faster than it measures, or wanders, tells less than its many readings promise);
- a tenth of what the change of temperature was corrected for: the sensor sits in the wall, the gas in the middle;
- the volume, of which the bench file says how well it is known.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["TWO_SIDED_95", "LeakFigure", "MBAR_LITRE_Pa_m3", "leak_figure"]

MBAR_LITRE_Pa_m3 = 0.1
"""1 mbar l in Pa m^3."""
FEWEST_READINGS = 10
TWO_SIDED_95 = 1.96
MOST_SHARED = 0.95
TEMPERATURE_SHARE = 0.1
"""Of the correction by temperature that may be wrong: the gas follows the wall, late and not everywhere."""


@dataclass(frozen=True, slots=True)
class LeakFigure:
    """What leaves the box (positive) or comes into it (negative), in Pa m^3/s, with its standard uncertainty.

    Args:
        span_s: from the first reading to the last.
        readings: how many there were.
        by_scatter, by_temperature, by_volume: the parts of the uncertainty, each as a standard uncertainty.
        coverage: how many standard uncertainties hold 95 % (Student, for as many readings as are independent).
    """

    rate_Pa_m3_per_s: float
    by_scatter: float
    by_temperature: float
    by_volume: float
    coverage: float
    span_s: float
    readings: int

    @property
    def uncertainty_Pa_m3_per_s(self) -> float:
        """Half the width of the interval that holds the true leak in 95 of 100 tests."""
        systematic = math.hypot(self.by_temperature, self.by_volume)
        return math.hypot(self.coverage * self.by_scatter, TWO_SIDED_95 * systematic)

    @property
    def largest_Pa_m3_per_s(self) -> float:
        """What it leaks at most, whichever way."""
        return abs(self.rate_Pa_m3_per_s) + self.uncertainty_Pa_m3_per_s

    def __str__(self) -> str:
        rate, uncertainty = (
            value / MBAR_LITRE_Pa_m3 for value in (self.rate_Pa_m3_per_s, self.uncertainty_Pa_m3_per_s)
        )
        return (
            f"{rate:.2g} +- {uncertainty:.1g} mbar l/s (95 %), {self.readings} readings in {self.span_s / 60:.0f} min"
        )


def leak_figure(
    readings: Sequence[tuple[float, float, float]], volume_m3: float, volume_share: float
) -> LeakFigure | None:
    """The figure of a test; None if there are too few readings.

    Args:
        readings: time (s), pressure (Pa) and temperature (K), in order.
        volume_m3: of the box.
        volume_share: standard uncertainty of the volume, as a share of it.
    """
    if len(readings) < FEWEST_READINGS:
        return None
    times, pressures, temperatures = np.array(readings).T
    centred = times - times.mean()
    spread = float(centred @ centred)
    if spread == 0.0:
        return None
    amount = pressures / temperatures
    slope = float(centred @ amount) / spread
    residual = amount - amount.mean() - slope * centred
    shared = _shared_by_neighbours(residual)
    independent = max(3.0, times.size * (1.0 - shared) / (1.0 + shared))
    variance = float(residual @ residual) / (times.size - 2) / spread * times.size / independent
    scale = volume_m3 * float(temperatures.mean())
    warming = float(centred @ temperatures) / spread
    correction = scale * float(amount.mean()) * warming / float(temperatures.mean())
    rate = -scale * slope
    return LeakFigure(
        rate_Pa_m3_per_s=rate,
        by_scatter=scale * math.sqrt(variance),
        by_temperature=TEMPERATURE_SHARE * abs(correction),
        by_volume=volume_share * abs(rate),
        coverage=_student_95(independent - 2.0),
        span_s=float(times[-1] - times[0]),
        readings=int(times.size),
    )


def _shared_by_neighbours(residual: NDArray[np.float64]) -> float:
    """Correlation of each residual with the next, from 0 up; without its small-sample bias (Marriott and Pope 1954)."""
    power = float(residual @ residual)
    if power == 0.0:
        return 0.0
    found = float(residual[:-1] @ residual[1:]) / power
    return min(max(0.0, found + (1.0 + 4.0 * max(found, 0.0)) / residual.size), MOST_SHARED)


def _student_95(freedom: float) -> float:
    """Student's t that holds 95 % on both sides, by the expansion of Cornish and Fisher; within 4 % from 3 on."""
    z, n = TWO_SIDED_95, max(freedom, 1.0)
    first = (z**3 + z) / 4.0
    second = (5.0 * z**5 + 16.0 * z**3 + 3.0 * z) / 96.0
    third = (3.0 * z**7 + 19.0 * z**5 + 17.0 * z**3 - 15.0 * z) / 384.0
    return z + first / n + second / n**2 + third / n**3
