"""A picture of a place as fiducials need it, and how two of them differ when the sample was turned between them."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from operando.drivers.roles import Image
from operando.protocols.following import Box, register

__all__ = ["Sight", "Turned", "compare"]

_WHOLE = Box(0.0, 0.0, 1.0, 1.0)
_FARTHEST_SHARE = 0.45


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """What was seen where.

    Args:
        pixels: shape (height, width).
        pixel_m: edge of a pixel at the specimen.
        stage_m: stage coordinates under the middle of the picture, x and y, beam shift included.
    """

    pixels: NDArray[np.generic]
    pixel_m: float
    stage_m: tuple[float, float]

    @classmethod
    def of(cls, image: Image) -> "Sight":
        """The sight that a picture gives; its scan must not be rotated against the stage."""
        shift, stage = image.conditions.shift_m, image.stage
        return cls(image.pixels, image.pixel_size_m, (stage.x_m + shift[0], stage.y_m + shift[1]))

    @property
    def width_m(self) -> float:
        """Of the field."""
        return float(self.pixels.shape[1]) * self.pixel_m


@dataclass(frozen=True, slots=True)
class Turned:
    """By how much the sample has turned between two sights, counter-clockwise, and where its old middle is now.

    Args:
        middle_m: stage coordinates.
        confidence: height of the correlation, 0 to 1.
    """

    rotation_rad: float
    middle_m: tuple[float, float]
    confidence: float


def compare(reference: Sight, sight: Sight, angles_rad: Iterable[float]) -> Turned:
    """Find the middle of a reference in a sight of the same size, at the best of some angles.

    Between the angles the height of the correlation is interpolated by a parabola if they are evenly spaced.

    Raises:
        ValueError: if the two are not of one shape and pixel size.
    """
    if not math.isclose(reference.pixel_m, sight.pixel_m, rel_tol=1e-3):
        raise ValueError(f"pixels of {reference.pixel_m:g} m and {sight.pixel_m:g} m cannot be compared")
    tried = [_at_angle(reference, sight, angle_rad) for angle_rad in angles_rad]
    best = max(range(len(tried)), key=lambda index: tried[index].confidence)
    if not 0 < best < len(tried) - 1:
        return tried[best]
    before, top, after = tried[best - 1 : best + 2]
    bend = before.confidence - 2.0 * top.confidence + after.confidence
    if bend >= 0.0:
        return top
    step_rad = 0.5 * (after.rotation_rad - before.rotation_rad)
    shift = 0.5 * (before.confidence - after.confidence) / bend
    finer = _at_angle(reference, sight, top.rotation_rad + shift * step_rad)
    return max(top, finer, key=lambda turned: turned.confidence)


def _at_angle(reference: Sight, sight: Sight, angle_rad: float) -> Turned:
    """Turn the sight back, and see how far its content has moved."""
    from scipy.ndimage import rotate

    pixels = sight.pixels.astype(np.float32)
    if angle_rad:
        pixels = rotate(pixels, -math.degrees(angle_rad), reshape=False, order=1, mode="reflect")
    found = register(reference.pixels, pixels, _WHOLE, _FARTHEST_SHARE)
    right_m, up_m = found.right_px * sight.pixel_m, -found.down_px * sight.pixel_m
    cosine, sine = math.cos(angle_rad), math.sin(angle_rad)
    x_m, y_m = sight.stage_m
    middle_m = (x_m + right_m * cosine - up_m * sine, y_m + right_m * sine + up_m * cosine)
    return Turned(angle_rad, middle_m, found.confidence)
