"""Where cracks really end: their tips are narrower than what a picture resolves.

Near its tip a crack is open by the root of the distance to it (the parabola of linear elastic fracture mechanics;
Irwin, J. Appl. Mech. 24, 1957, 361), and what is narrower than the blur is as faint as it is narrow. So the square of
what is missing falls linearly towards the tip, and its line tells where it reaches zero.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from operando.protocols.analysis.lines import Line

__all__ = ["with_tips"]

_REACH_M = 15e-6
"""Length of line that tells where it ends, and the longest piece that is added."""
_LEAST_POINTS, _LOOKS_BACK = 8, 40
_MEETS_PX = 5.0
"""An end that is nearer to another line, or to where nothing can be seen, is no tip."""


def with_tips(
    lines: Sequence[Line], darkness: NDArray[np.floating], seen: NDArray[np.bool_], pixel_m: float
) -> tuple[Line, ...]:
    """Lines that go on, straight, to where their cracks end.

    Args:
        lines: as far as they can be seen.
        darkness: by how much each pixel is darker than before, in units of the noise; shape (rows, columns).
        seen: where cracks are looked for, of the same shape.
        pixel_m: edge of a pixel.
    """
    from scipy.ndimage import distance_transform_edt, map_coordinates

    to_border_px = distance_transform_edt(np.pad(seen, 1))[1:-1, 1:-1]
    longer = []
    for number, line in enumerate(lines):
        others = [other.points_m for other in (*lines[:number], *lines[number + 1 :])]
        missing = map_coordinates(darkness, line.points_m.T / pixel_m, order=1, mode="nearest")
        points = line.points_m
        for end in (0, -1):
            row, column = np.round(points[end] / pixel_m).astype(int)
            free = to_border_px[min(row, seen.shape[0] - 1), min(column, seen.shape[1] - 1)] > _MEETS_PX
            if free and all(np.hypot(*(other - points[end]).T).min() > _MEETS_PX * pixel_m for other in others):
                points = _prolonged(points, end, _hidden_m(line.points_m[:: 1 + 2 * end], missing[:: 1 + 2 * end]))
        longer.append(Line(points))
    return tuple(longer)


def _hidden_m(points_m: NDArray[np.float64], missing: NDArray[np.float64]) -> float:
    """How far the tip lies before the first point; 0 if the crack does not narrow towards it."""
    away_m = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points_m, axis=0).T))])
    near = away_m <= min(_REACH_M, 0.5 * float(away_m[-1]))
    if near.sum() < _LEAST_POINTS:
        return 0.0
    rise, square = np.polyfit(away_m[near], np.square(np.clip(missing[near], 0.0, None)), 1)
    if rise <= 0.0 or square <= 0.0:
        return 0.0
    hidden_m = float(square / rise)
    # one that is hardly narrower at its end than inside ends bluntly
    return hidden_m if hidden_m < float(away_m[near][-1]) else 0.0


def _prolonged(points_m: NDArray[np.float64], end: int, by_m: float) -> NDArray[np.float64]:
    """The line with a straight piece at one end (0 or -1), in the direction in which it ends."""
    if by_m == 0.0:
        return points_m
    back = points_m[min(_LOOKS_BACK, len(points_m) - 1)] if end == 0 else points_m[-min(_LOOKS_BACK + 1, len(points_m))]
    away = points_m[end] - back
    tip = points_m[end] + by_m * away / max(float(np.hypot(*away)), 1e-12)
    return np.vstack([tip, points_m]) if end == 0 else np.vstack([points_m, tip])
