"""A curve against time that is not drawn where nobody has measured."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from operando.protocols.report.figures.sizes import HOUR_S

__all__ = ["interrupted"]


def interrupted(
    time_s: NDArray[np.float64], values: NDArray[np.float64], away_s: Sequence[tuple[float, float]]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Hours and values to be drawn, with NaN between what was measured before an absence and after it.

    Args:
        time_s: in order, shape (n,).
        values: shape (n,).
        away_s: from when to when nobody has measured.
    """
    at = np.searchsorted(time_s, [0.5 * (since_s + until_s) for since_s, until_s in away_s])
    return np.insert(time_s, at, np.nan) / HOUR_S, np.insert(values, at, np.nan)
