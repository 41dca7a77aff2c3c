"""Where the lithium ends: the line along which a darker metal above meets a brighter electrolyte below."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["SMOOTH_PX", "Interface", "find_interface"]

SMOOTH_PX = (0.7, 2.0)
"""Standard deviations down and along, with which noise is evened out."""
_ENDS = 0.08
"""Share of the rows at the top and at the bottom that are taken for metal and for electrolyte at first."""
_STEEPEST = 2
"""Rows by which the line may rise or fall from one column to the next."""
_STEP_PX = 4


@dataclass(frozen=True, slots=True, eq=False)
class Interface:
    """A line across a picture.

    Args:
        row: of the line in each column, shape (columns,); the upper edge of the electrolyte.
        metal: grey level of the metal, `electrolyte` that of what lies below.
        noise: standard deviation of the smoothed picture where nothing changes.
        smoothed: the picture in which the line was found, shape (rows, columns).
    """

    row: NDArray[np.int64]
    metal: float
    electrolyte: float
    noise: float
    smoothed: NDArray[np.float32]


def find_interface(picture: NDArray[np.generic]) -> Interface:
    """The cheapest way from left to right along which the picture becomes brighter downwards.

    Args:
        picture: shape (rows, columns), the metal at the top and at the bottom the electrolyte.

    Raises:
        ValueError: if the top of the picture is not darker than its bottom.
    """
    from scipy.ndimage import gaussian_filter

    values = picture.astype(np.float32)
    smoothed = np.asarray(gaussian_filter(values, SMOOTH_PX, mode="nearest"), np.float32)
    brightening = np.zeros_like(smoothed)
    brightening[_STEP_PX:-_STEP_PX] = smoothed[2 * _STEP_PX :] - smoothed[: -2 * _STEP_PX]
    ends = max(round(_ENDS * picture.shape[0]), 1)
    step = float(np.median(smoothed[-ends:]) - np.median(smoothed[:ends]))
    # the lower edge of a pore is a larger step, and not what is looked for
    row = _cheapest(-np.clip(brightening, 0.0, max(step, 0.0)))
    rows = np.arange(picture.shape[0])[:, None]
    above, below = rows < row[None, :] - 3 * _STEP_PX, rows > row[None, :] + 3 * _STEP_PX
    if not above.any() or not below.any():
        raise ValueError("the interface lies at the edge of the picture")
    metal, electrolyte = float(np.median(smoothed[above])), float(np.median(smoothed[below]))
    if metal >= electrolyte:
        raise ValueError("no darker metal above a brighter electrolyte: is this picture of the interface?")
    noise = 1.4826 * float(np.median(np.abs(smoothed[below] - electrolyte)))
    return Interface(_edge_near(smoothed, row, 0.5 * (metal + electrolyte)), metal, electrolyte, noise, smoothed)


def _cheapest(cost: NDArray[np.float32]) -> NDArray[np.int64]:
    """Row in each column of the way with the least sum of costs (dynamic programming)."""
    rows, columns = cost.shape
    moves = range(-_STEEPEST, _STEEPEST + 1)
    total = cost[:, 0].astype(np.float64)
    came = np.zeros((columns, rows), np.int8)
    for column in range(1, columns):
        padded = np.pad(total, _STEEPEST, constant_values=np.inf)
        ways = np.stack([padded[_STEEPEST + move : _STEEPEST + move + rows] for move in moves])
        best = ways.argmin(axis=0)
        came[column] = best - _STEEPEST
        total = ways[best, np.arange(rows)] + cost[:, column]
    line = np.empty(columns, np.int64)
    line[-1] = int(total.argmin())
    for column in range(columns - 1, 0, -1):
        line[column - 1] = line[column] + came[column, line[column]]
    return line


def _edge_near(smoothed: NDArray[np.float32], row: NDArray[np.int64], level: float) -> NDArray[np.int64]:
    """In each column the row nearest to the line at which the picture rises above a level."""
    edge, reach = row.copy(), 2 * _STEP_PX
    for column, middle in enumerate(row):
        first, last = max(middle - reach, 0), min(middle + reach, smoothed.shape[0] - 1)
        piece = smoothed[first:last, column] < level
        ends = np.flatnonzero(piece[:-1] & ~piece[1:])
        if ends.size:
            edge[column] = first + int(ends[np.abs(ends + first - middle).argmin()]) + 1
    return edge
