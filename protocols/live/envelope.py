"""Fewer points of a long curve that draw the same: the lowest and the highest of each pixel."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["envelope"]


def envelope(times_s: NDArray[np.float64], traces: Sequence[NDArray[np.float64]], pixels: int) -> NDArray[np.intp]:
    """Indices, in order, of the samples that draw some traces over a width of so many pixels.

    Time is cut into as many equal pieces as there are pixels; of each piece the lowest and the highest value of every
    trace is kept, and the first and the last sample of all: a short that lasts one sample is seen in a week.

    Args:
        times_s: in order, shape (n,).
        traces: values at these times, each of shape (n,).
    """
    count = times_s.size
    if count <= 2 * len(traces) * pixels:
        return np.arange(count)
    edges = np.linspace(times_s[0], times_s[-1], pixels + 1)[:-1]
    starts = np.unique(np.searchsorted(times_s, edges))
    chosen = [np.array([0, count - 1])]
    for trace in traces:
        finite = np.where(np.isfinite(trace), trace, np.nanmean(trace) if np.isfinite(trace).any() else 0.0)
        chosen += [_first_of(finite, starts, np.minimum), _first_of(finite, starts, np.maximum)]
    return np.unique(np.concatenate(chosen))


def _first_of(values: NDArray[np.float64], starts: NDArray[np.intp], extreme: np.ufunc) -> NDArray[np.intp]:
    """In each piece the first sample that has the extreme value."""
    lengths = np.diff(np.append(starts, values.size))
    reached = np.flatnonzero(values == np.repeat(extreme.reduceat(values, starts), lengths))
    pieces = np.searchsorted(starts, reached, side="right")
    return reached[np.unique(pieces, return_index=True)[1]]
