"""Sharpness over working distance (or stigmator): is there a maximum, where is it, and how surely."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from operando.protocols.focus.sharpness import Sharpness

__all__ = ["NoPeak", "Peak", "Point", "find_peak"]

SURE = 6.0
"""The top of a curve stands so many standard errors above its foot, or there is nothing to focus on."""
NEAR_TOP = 0.3
"""Share of the top above which points follow the shape of a peak."""
FOLDS = 8
MOST_ERROR = 0.2
"""Of the width of the top: how far its place may be uncertain."""


@dataclass(frozen=True, slots=True)
class Point:
    """One picture: the setting (m, or per cent of a stigmator) and its sharpness."""

    setting: float
    sharpness: Sharpness


@dataclass(frozen=True, slots=True)
class Peak:
    """A maximum inside the range.

    Args:
        setting: where it is, with its standard `uncertainty`.
        height: sharpness of the curve there.
    """

    setting: float
    uncertainty: float
    height: float


@dataclass(frozen=True, slots=True)
class NoPeak:
    """There is no maximum that can be believed, and why."""

    why: str


def find_peak(points: Sequence[Point]) -> Peak | NoPeak:
    """The maximum of a curve of at least three settings.

    Blur that grows as the defocus d makes the sharpness fall about as (1 + (d/w)^2)^-2: its inverse root is a parabola,
    which is fitted to the points near the top, each with the weight that its height gives it.
    """
    ordered = sorted(points, key=lambda point: point.setting)
    settings = np.array([point.setting for point in ordered])
    heights = np.array([point.sharpness.mean for point in ordered])
    parts = np.array([point.sharpness.parts for point in ordered])
    noise = math.sqrt(2) * float(np.mean([point.sharpness.noise for point in ordered]))
    contrast = float(heights.max() - heights.min())
    if contrast < SURE * noise:
        return NoPeak(f"nothing to focus on: the sharpness varies by {contrast:.2g}, its noise is {noise:.2g}")
    top = int(np.argmax(heights))
    if top in (0, len(ordered) - 1):
        return NoPeak("the sharpest picture lies at the end of the range")
    near = _near_top(heights)
    within = float(settings[near][0]), float(settings[near][-1])
    vertex = _vertex(settings, heights, near)
    if vertex is None or not within[0] <= vertex <= within[1]:
        return NoPeak("the curve has no maximum inside the range")
    error = _jackknife(settings, parts, near, within)
    if error > MOST_ERROR * (within[1] - within[0]):
        return NoPeak("the parts of the picture do not agree where the maximum is")
    return Peak(vertex, error, float(heights[top]))


def _near_top(heights: NDArray[np.float64]) -> NDArray[np.bool_]:
    """The points that belong to the top: high ones, and in any case the highest and its neighbours."""
    top = int(np.argmax(heights))
    near = heights > NEAR_TOP * heights[top]
    near[top - 1 : top + 2] = True
    return np.asarray(near & (heights > 0))


def _vertex(settings: NDArray[np.float64], heights: NDArray[np.float64], near: NDArray[np.bool_]) -> float | None:
    """Where the peak through some points has its top; None if they have none."""
    near = near & (heights > 0)
    if near.sum() < 3:
        return None
    origin, scale = float(settings[near].mean()), float(np.ptp(settings[near]))
    places, inverse = (settings[near] - origin) / scale, heights[near] ** -0.5
    # the error of h^-1/2 is that of h times h^-3/2 / 2
    bend, slope, _ = np.polyfit(places, inverse, 2, w=heights[near] ** 1.5)
    return None if bend <= 0 else float(origin - scale * slope / (2 * bend))


def _jackknife(
    settings: NDArray[np.float64],
    parts: NDArray[np.float64],
    near: NDArray[np.bool_],
    within: tuple[float, float],
) -> float:
    """How far the vertex moves when each eighth of the picture is left out; a vertex that is lost counts as an end."""
    found = []
    for fold in range(FOLDS):
        kept = np.arange(parts.shape[1]) % FOLDS != fold
        vertex = _vertex(settings, parts[:, kept].mean(axis=1), near)
        found.append(within[1] if vertex is None else float(np.clip(vertex, *within)))
    return float(np.std(found) * math.sqrt(FOLDS - 1))
