"""Where the lithium ends: the line below which the even grey of the metal gives way to electrolyte, or to a gap."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["SMOOTH_PX", "Interface", "find_interface"]

SMOOTH_PX = (0.4, 0.5)
"""Standard deviations down and along, with which noise is evened out: no more, or the narrowest gaps are lost."""
_SMOOTH_LINE_PX = (0.7, 1.2)
"""The same while the line is sought."""
_TOP_PX, _BOTTOM = 12, 0.08
"""Rows at the top that are taken for metal at first, and share of them at the bottom for electrolyte. In a wide picture
the metal may be a narrow strip."""
_STEEPEST = 2
"""Rows by which the line may rise or fall from one column to the next."""
_NEAR_PX, _ABOVE_PX = 5, 40
"""Rows below the line that are no metal, and above it that are: more than a filled crack is wide."""
_ABOVE_WEIGHT = 2.0
"""So that a narrow gap lies below the line and not above it."""
_LAG_PX = 6
_MOTTLED_PX = 41


@dataclass(frozen=True, slots=True, eq=False)
class Interface:
    """A line across a picture.

    Args:
        row: of the first row in each column that is no metal any more, shape (columns,).
        metal: grey of the metal above it, shape (columns,); it is mottled over tens of micrometres.
        electrolyte: usual grey of what lies below.
        noise: standard deviation of the smoothed picture where nothing changes.
        smoothed: the picture, a little smoothed, shape (rows, columns).
    """

    row: NDArray[np.int64]
    metal: NDArray[np.float32]
    electrolyte: float
    noise: float
    smoothed: NDArray[np.float32]


def find_interface(picture: NDArray[np.generic]) -> Interface:
    """The way from left to right above which all is metal and below which it is not.

    Args:
        picture: shape (rows, columns), the metal at the top and at the bottom the brighter electrolyte.

    Raises:
        ValueError: if the top of the picture is not darker than its bottom.
    """
    from scipy.ndimage import gaussian_filter, median_filter

    grey = picture.astype(np.float32)
    even, smoothed = (
        np.asarray(gaussian_filter(grey, sigma_px, mode="nearest"), np.float32)
        for sigma_px in (_SMOOTH_LINE_PX, SMOOTH_PX)
    )
    bottom = max(round(_BOTTOM * picture.shape[0]), 1)
    top, electrolyte = float(np.median(even[:_TOP_PX])), float(np.median(even[-bottom:]))
    if top >= electrolyte:
        raise ValueError("no darker metal above a brighter electrolyte: is this picture of the interface?")
    unlike = np.minimum(np.abs(even - top) / (electrolyte - top), 1.0)
    row = _cheapest(_ABOVE_WEIGHT * _above(unlike, _ABOVE_PX) - _above(unlike[::-1], _NEAR_PX)[::-1])
    above = np.clip(row[None, :] - np.arange(2 * _NEAR_PX, 5 * _NEAR_PX)[:, None], 0, None)
    metal = median_filter(np.median(np.take_along_axis(smoothed, above, 0), axis=0), _MOTTLED_PX, mode="nearest")
    apart = smoothed[:, _LAG_PX:] - smoothed[:, :-_LAG_PX]
    noise = 1.4826 * float(np.median(np.abs(apart[: max(int(row.min()) - _NEAR_PX, 2)]))) / 2**0.5
    return Interface(row, np.asarray(metal, np.float32), electrolyte, noise, smoothed)


def _above(unlike: NDArray[np.float32], reach: int) -> NDArray[np.float32]:
    """Mean of so many rows above each pixel; the metal goes on above the top of the picture."""
    total = np.cumsum(np.pad(unlike, ((reach + 1, 0), (0, 0)), mode="edge"), axis=0)
    mean = (total[reach:] - total[:-reach]) / reach
    return np.asarray(mean[: unlike.shape[0]], np.float32)


def _cheapest(cost: NDArray[np.float32]) -> NDArray[np.int64]:
    """Row in each column of the way with the least sum of costs (dynamic programming)."""
    rows, columns = cost.shape
    here = np.arange(rows)
    # one array for the way to each row, with rows beyond both edges that lead nowhere, and views of it moved by a step
    total = np.full(rows + 2 * _STEEPEST, np.inf)
    ways = np.lib.stride_tricks.sliding_window_view(total, rows)
    total[_STEEPEST:-_STEEPEST] = cost[:, 0]
    came = np.zeros((columns, rows), np.int8)
    across = np.ascontiguousarray(cost.T, np.float64)
    for column in range(1, columns):
        best = ways.argmin(axis=0)
        came[column] = best - _STEEPEST
        total[_STEEPEST:-_STEEPEST] = total[best + here] + across[column]
    line = np.empty(columns, np.int64)
    line[-1] = int(total.argmin()) - _STEEPEST
    for column in range(columns - 1, 0, -1):
        line[column - 1] = line[column] + came[column, line[column]]
    return line
