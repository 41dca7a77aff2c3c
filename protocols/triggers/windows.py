"""Changes and rates over a window that slides along values, however the values come in blocks.

Every result is made from the values in its own window alone and in the same order, so that two ways of cutting the
same values into blocks give the same numbers to the last bit.
"""

import numpy as np
from numpy.typing import NDArray

__all__ = ["SlidingWindow"]

Values = NDArray[np.float64]
FEWEST_FOR_A_RATE = 3
ROUNDING = 1e-9
"""A window of 5 s holds the sample that is 5 s old, although 5.3 - 0.3 is a little less than 5."""


class SlidingWindow:
    """Keeps as much of the past as the window needs.

    Args:
        over_s: length of the window; both ends belong to it.
    """

    def __init__(self, over_s: float) -> None:
        self._over_s = over_s
        self.clear()

    def clear(self) -> None:
        """Forget everything; the next value is the first."""
        self._times: Values = np.empty(0)
        self._values: Values = np.empty(0)
        self._origin: tuple[float, float] | None = None

    def largest_change(self, times_s: Values, values: Values, sign: float) -> Values:
        """For each new value how far it is above (sign 1) or below (sign -1) the values in its window; 0 at least."""
        times, every, begin = self._with_past(times_s, values)
        ends = np.arange(begin, every.size) + 1
        starts = self._starts(times, begin)
        pairs = np.column_stack((starts, ends)).ravel()
        extreme = np.minimum.reduceat(np.append(sign * every, np.inf), pairs)[::2]
        self._keep(times, every)
        change: Values = sign * values - extreme
        return change

    def rates(self, times_s: Values, values: Values) -> Values:
        """For each new value the least-squares slope (per second) over its window; NaN until the window is full."""
        times, every, begin = self._with_past(times_s, values)
        assert self._origin is not None
        x, y = times - self._origin[0], every - self._origin[1]
        ends = np.arange(begin, every.size) + 1
        starts = self._starts(times, begin)
        pairs = np.column_stack((starts, ends)).ravel()
        sums = [np.add.reduceat(np.append(terms, 0.0), pairs)[::2] for terms in (x, y, x * x, x * y)]
        count = ends - starts
        spread = count * sums[2] - sums[0] ** 2
        full = (x[begin:] >= self._over_s * (1 - ROUNDING)) & (count >= FEWEST_FOR_A_RATE) & (spread > 0)
        self._keep(times, every)
        slopes: Values = np.where(full, (count * sums[3] - sums[0] * sums[1]) / np.where(full, spread, 1.0), np.nan)
        return slopes

    def _with_past(self, times_s: Values, values: Values) -> tuple[Values, Values, int]:
        if self._origin is None and values.size:
            self._origin = float(times_s[0]), float(values[0])
        return np.concatenate((self._times, times_s)), np.concatenate((self._values, values)), self._times.size

    def _starts(self, times: Values, begin: int) -> NDArray[np.intp]:
        """Where the window of each new value begins."""
        earliest = times[begin:] - self._over_s * (1 + ROUNDING)
        return np.searchsorted(times, earliest)

    def _keep(self, times: Values, values: Values) -> None:
        first = int(np.searchsorted(times, times[-1] - self._over_s * (1 + ROUNDING)))
        self._times, self._values = times[first:].copy(), values[first:].copy()
