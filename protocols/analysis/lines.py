"""Lines in a picture, and how long they are with a ruler."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from operando.protocols.analysis.strokes import strokes_of

__all__ = ["Line", "lines_through"]

_SMOOTHED_PX = 3.0
"""Standard deviation along a line with which the steps of its pixels are evened out."""
_LEAST_TWIG_PX = 6.0
_FOLDED = 0.5
"""Distance between the ends of a line, as a share of its length, below which it comes back on itself."""

_ARM_M, _LEAST_ARM_PX = 20e-6, 30.0
"""So far before and behind a place a line is looked at to see whether it turns a corner; over some pixels all do."""
_CORNER = 0.0
"""Cosine of the turn. Between large grains a crack turns by some 60 degrees where three of them meet."""


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A line.

    Args:
        points_m: shape (points, 2): down and to the right from the picture's top left.
    """

    points_m: NDArray[np.float64]

    @property
    def chord_m(self) -> float:
        """From end to end."""
        return float(np.hypot(*(self.points_m[-1] - self.points_m[0])))

    def length_m(self, ruler_m: float) -> float:
        """As a pair of dividers steps along it; the last step may be shorter (Mandelbrot, Science 156, 1967)."""
        length, here = 0.0, 0
        while True:
            far = np.hypot(*(self.points_m[here:] - self.points_m[here]).T)
            beyond = np.flatnonzero(far >= ruler_m)
            if not beyond.size:
                return length + float(far[-1])
            length += float(far[beyond[0]])
            here += int(beyond[0])


def lines_through(mask: NDArray[np.bool_], pixel_m: float, shortest_m: float) -> tuple[Line, ...]:
    """Lines through the middle of what a mask covers.

    Args:
        mask: shape (rows, columns).
        shortest_m: lines that are shorter from end to end are left out.
    """
    from scipy.ndimage import distance_transform_edt
    from skimage.morphology import skeletonize

    depth_px = distance_transform_edt(np.pad(mask, 1, mode="edge"))[1:-1, 1:-1]
    strokes: Iterable[NDArray[np.int64]] = strokes_of(skeletonize(mask), np.maximum(2.5 * depth_px, _LEAST_TWIG_PX))
    smooth = (_smoothed(stroke.astype(np.float64)) for stroke in strokes if len(stroke) > 2)
    arm_px = max(_ARM_M / pixel_m, _LEAST_ARM_PX)
    parts = (part for points in smooth for half in _unfolded(points) for part in _parted(half, arm_px))
    lines = (Line(part * pixel_m) for part in parts)
    return tuple(line for line in lines if line.chord_m >= shortest_m)


def _unfolded(points: NDArray[np.float64]) -> Iterable[NDArray[np.float64]]:
    """A line that comes back on itself is two that meet: parted where it is farthest from its ends."""
    to_ends = [np.hypot(*(points - points[end]).T) for end in (0, -1)]
    if to_ends[0][-1] > _FOLDED * float(np.hypot(*np.diff(points, axis=0).T).sum()):
        return (points,)
    turn = int(np.minimum(*to_ends).argmax())
    return (points[: turn + 1], points[turn:])


def _parted(points: NDArray[np.float64], arm_px: float) -> list[NDArray[np.float64]]:
    """A line that turns a corner is two cracks of which one ends at the other: parted where it turns most."""
    way = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    places = np.flatnonzero((way >= arm_px) & (way <= way[-1] - arm_px))
    if not places.size:
        return [points]
    back, on = (points[np.searchsorted(way, way[places] + step)] - points[places] for step in (-arm_px, arm_px))
    ahead = -(back * on).sum(axis=1) / np.maximum(np.hypot(*back.T) * np.hypot(*on.T), 1e-9)
    corner = int(places[ahead.argmin()])
    if ahead.min() > _CORNER:
        return [points]
    return [part for half in (points[: corner + 1], points[corner:]) for part in _parted(half, arm_px)]


def _smoothed(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Without the steps from pixel to pixel; the ends stay."""
    from scipy.ndimage import gaussian_filter1d

    smooth = gaussian_filter1d(points, min(_SMOOTHED_PX, len(points) / 8), axis=0, mode="nearest")
    smooth[0], smooth[-1] = points[0], points[-1]
    return np.asarray(smooth)
