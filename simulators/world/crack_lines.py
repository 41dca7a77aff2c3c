"""Lines on the section: how long they are, with a stated ruler, and which part of them lies in a field."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

__all__ = ["RULER_M", "along_m", "chord_m", "pieces_inside", "ruler_length_m"]

RULER_M = 10e-6
"""The ruler with which the length of a crack is stated: below it, every line winds as the grains do, in any batch."""


def along_m(points_m: NDArray[np.float64]) -> NDArray[np.float64]:
    """Way along a line to each of its points, shape (points,)."""
    steps = np.diff(points_m, axis=0)
    return np.concatenate([[0.0], np.cumsum(np.hypot(steps[:, 0], steps[:, 1]))])


def chord_m(points_m: NDArray[np.float64]) -> float:
    """From the first point straight to the last one."""
    return float(np.hypot(*(points_m[-1] - points_m[0]))) if len(points_m) else 0.0


def ruler_length_m(points_m: NDArray[np.float64], ruler_m: float = RULER_M) -> float:
    """Length of a line as a pair of dividers steps along it, and the rest that is shorter than the ruler."""
    if len(points_m) < 2:
        return 0.0
    length, here = 0.0, 0
    while True:
        far = np.hypot(*(points_m[here:] - points_m[here]).T)
        beyond = np.flatnonzero(far >= ruler_m)
        if not beyond.size:
            return length + float(far[-1])
        length += float(far[beyond[0]])
        here += int(beyond[0])


def pieces_inside(
    points_m: NDArray[np.float64], inside: Callable[[NDArray[np.float64]], NDArray[np.bool_]]
) -> list[NDArray[np.float64]]:
    """The unbroken pieces of a line whose points lie inside."""
    within = np.concatenate([[False], inside(points_m), [False]]).astype(np.int8)
    change = np.diff(within)
    starts, ends = np.flatnonzero(change == 1), np.flatnonzero(change == -1)
    return [points_m[start:end] for start, end in zip(starts, ends, strict=True) if end - start > 1]
