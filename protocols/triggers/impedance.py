"""The one number that a trigger takes from an impedance spectrum: its real part at the highest frequency."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

__all__ = ["HighestFrequency"]


class HighestFrequency:
    """Follows spectra point by point; instruments begin at the highest frequency, so that it is known at once."""

    def __init__(self) -> None:
        self._highest_Hz = 0.0

    def step_started(self) -> None:
        """Another spectrum may begin."""
        self._highest_Hz = 0.0

    def of(self, points: NDArray[np.void]) -> Iterator[tuple[float, float]]:
        """Run time and real part (ohm) of each point, dtype IMPEDANCE_POINT, that is the highest of its spectrum."""
        for point in points:
            if point["frequency_Hz"] > self._highest_Hz:
                self._highest_Hz = float(point["frequency_Hz"])
                yield float(point["time_s"]), float(point["real_ohm"])
