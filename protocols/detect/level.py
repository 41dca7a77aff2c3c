"""Whether a signal has left the line that it was on: the last samples against a line through those before."""

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from operando.protocols.detect.quietness import jumps_of

__all__ = ["BEFORE", "RECENT", "Departure", "departures"]

BEFORE, RECENT = 30, 12
"""Samples that the line goes through, and samples after them that are held against it."""
_HALF = BEFORE // 2

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Departure:
    """For each of n samples, the last `RECENT` ones up to it.

    Args:
        away: how far each lies above the line, shape (n, RECENT).
        jumps: magnitudes of their second differences, shape (n, RECENT - 2).
        line: where the signal would be by now, shape (n,).
        slope: of the line, per second, shape (n,).
        misfit: median distance from the line of the samples that it goes through, shape (n,).
    """

    away: Values
    jumps: Values
    line: Values
    slope: Values
    misfit: Values


def departures(time_s: Values, signal: Values) -> Departure:
    """Departures of all samples that have `BEFORE + RECENT - 1` samples before them, in order.

    The line goes through the medians of the two halves of the samples before, so that a burst or a spike in them does
    not turn it.
    """
    times, values = (sliding_window_view(array, BEFORE + RECENT) for array in (time_s, signal))
    first, second = np.median(values[:, :_HALF], axis=1), np.median(values[:, _HALF:BEFORE], axis=1)
    begin_s, end_s = times[:, _HALF // 2], times[:, _HALF + _HALF // 2]
    slope = (second - first) / (end_s - begin_s)
    line = second[:, None] + slope[:, None] * (times - end_s[:, None])
    away = values - line
    misfit = np.median(np.abs(away[:, :BEFORE]), axis=1)
    return Departure(away[:, BEFORE:], jumps_of(values[:, BEFORE:]), line[:, -1], slope, misfit)
