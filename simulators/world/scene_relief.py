"""A surface as the beam meets it: yields and heights, and the picture that its slopes make of them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Relief", "band", "blended", "edge", "shaded"]

#: the secondary detector sits to the upper left of the specimen and draws about this share of its signal from there
_SIDE_LIGHT = 0.22
_STEEPEST_GAIN = 1.9


@dataclass(frozen=True, slots=True, eq=False)
class Relief:
    """A piece of surface on a raster; all arrays have the raster's shape.

    Args:
        height_m: relief of the section plane.
        backscatter: yield relative to bulk argyrodite's at the same voltage.
        secondary: yield relative to that of flat bulk argyrodite.
    """

    height_m: NDArray[np.float32]
    backscatter: NDArray[np.float32]
    secondary: NDArray[np.float32]


def edge(value: NDArray[np.float32], width: float) -> NDArray[np.float32]:
    """0 below, 1 above, smooth between -width and +width."""
    part = np.clip(value / np.float32(2 * max(width, 1e-12)) + np.float32(0.5), 0, 1)
    return np.asarray(part * part * (3 - 2 * part), np.float32)


def band(depth_m: NDArray[np.float32], width_m: float | NDArray[np.float32], pixel_m: float) -> NDArray[np.float32]:
    """Share of each pixel in which a depth lies between 0 and a width; what is thinner than a pixel is fainter."""
    pixel = np.float32(pixel_m)
    within = np.clip(depth_m / pixel + np.float32(0.5), 0, 1)
    return np.asarray(within - np.clip((depth_m - width_m) / pixel + np.float32(0.5), 0, 1), np.float32)


def blended(below: Relief, above: Relief, share: NDArray[np.float32]) -> Relief:
    """`above` where share is 1, `below` where it is 0."""
    return Relief(
        below.height_m + share * (above.height_m - below.height_m),
        below.backscatter + share * (above.backscatter - below.backscatter),
        below.secondary + share * (above.secondary - below.secondary),
    )


def shaded(relief: Relief, spacing_m: float) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The backscattered and the secondary signal, each of the raster's shape.

    Secondary electrons leave slopes more easily: delta(theta) = delta(0) / cos(theta), limited (sheet 5.1), and the
    detector on one side casts soft shadows.
    """
    down, right = np.gradient(relief.height_m, np.float32(spacing_m))
    slope = np.hypot(right, down)
    # 1/cos(theta) is sqrt(1 + slope^2); it levels off smoothly at the steepest walls
    rise = np.sqrt(1 + slope * slope) - 1
    gain = 1 + rise / (1 + rise / np.float32(_STEEPEST_GAIN - 1))
    light = np.tanh((right + down) * np.float32(0.7071))
    secondary = relief.secondary * gain * (1 + np.float32(_SIDE_LIGHT) * light)
    backscatter = relief.backscatter * (1 + np.float32(0.06) * light)
    return np.maximum(backscatter, 0), np.maximum(secondary, 0)
