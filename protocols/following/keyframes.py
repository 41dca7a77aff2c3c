"""Follows the drift of regions from picture to picture: what is compared with what, and what is done about it.

No registration happens here and nothing is commanded: a `Following` says which two pictures to compare, takes the
answer, and says by how much the field of a region is to be moved.
"""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from operando.drivers.roles import Image
from operando.protocols.following.registration import Displacement

__all__ = ["Correction", "Followed", "Following", "FollowingLimits", "Verdict"]

Verdict = Literal["reference", "followed", "unsure", "too far", "made worse"]
WORSE_FACTOR = 1.5
WORSE_TIMES = 2
WORTH_PX = 2.0
"""Displacements below this are noise of the registration; nobody moves a beam for them."""


@dataclass(frozen=True, slots=True)
class FollowingLimits:
    """How far following may go.

    Args:
        minimum_confidence: below it, a registration moves nothing.
        keyframe_confidence: below it, the picture becomes the new reference: the specimen has changed.
        image_shift_at_most_m: beyond it the stage takes over.
        correction_at_most_m: beyond it following gives up and says so.
    """

    minimum_confidence: float = 0.3
    keyframe_confidence: float = 0.6
    image_shift_at_most_m: float = 10e-6
    correction_at_most_m: float = 50e-6


@dataclass(frozen=True, slots=True)
class Correction:
    """Displacement of the field on the specimen, along the microscope's axes, metres."""

    x_m: float = 0.0
    y_m: float = 0.0

    @property
    def length_m(self) -> float:
        """How far it is in all."""
        return math.hypot(self.x_m, self.y_m)


@dataclass(frozen=True, slots=True)
class Followed:
    """What came of one picture: the drift since the region was first seen, and what was decided."""

    verdict: Verdict
    confidence: float
    drift: Correction


@dataclass(frozen=True, slots=True)
class _Keyframe:
    pixels: NDArray[np.uint8] | NDArray[np.uint16]
    offset: Correction
    """Of its middle from where the region's middle has gone, as known when it was taken."""


class Following:
    """The drift of all regions of a run. Pictures of other size, energy or detector have references of their own."""

    def __init__(self, limits: FollowingLimits) -> None:
        self._limits = limits
        self._keyframes: dict[tuple[str, ...], _Keyframe] = {}
        self._corrections: dict[str, Correction] = {}
        self._last_residual_m: dict[str, float] = {}
        self._worse: dict[str, int] = {}
        self._given_up: set[str] = set()

    def correction(self, region: str) -> Correction:
        """By how much the field of a region is to be moved now."""
        return self._corrections.get(region, Correction())

    def reference(self, region: str, image: Image, tile: tuple[int, int] = (0, 0)) -> NDArray[np.generic] | None:
        """What a picture is to be compared with; None if it is the first of its kind, or following was given up."""
        if region in self._given_up:
            return None
        key = _kind(region, image, tile)
        if key not in self._keyframes:
            self._keyframes[key] = _Keyframe(image.pixels, Correction())
            return None
        return self._keyframes[key].pixels

    def take(self, region: str, image: Image, found: Displacement, tile: tuple[int, int] = (0, 0)) -> Followed:
        """Take in where the anchor was found, and decide."""
        key = _kind(region, image, tile)
        keyframe = self._keyframes[key]
        # the picture's right and down, on the microscope's x and y axes
        residual = Correction(
            keyframe.offset.x_m + found.right_px * image.pixel_size_m,
            keyframe.offset.y_m - found.down_px * image.pixel_size_m,
        )
        now = self.correction(region)
        drift = Correction(now.x_m + residual.x_m, now.y_m + residual.y_m)
        if found.confidence < self._limits.minimum_confidence:
            return Followed("unsure", found.confidence, now)
        if drift.length_m > self._limits.correction_at_most_m:
            self._given_up.add(region)
            return Followed("too far", found.confidence, drift)
        if self._made_worse(region, residual, image.pixel_size_m):
            self._given_up.add(region)
            self._corrections[region] = Correction()
            return Followed("made worse", found.confidence, drift)
        if residual.length_m > WORTH_PX * image.pixel_size_m:
            self._corrections[region] = drift
        if found.confidence < self._limits.keyframe_confidence:
            self._keyframes[key] = _Keyframe(image.pixels, residual)
        return Followed("followed", found.confidence, drift)

    def _made_worse(self, region: str, residual: Correction, pixel_size_m: float) -> bool:
        """Whether corrections drive the field away: image shift of the wrong sign or scale on this microscope."""
        before_m = self._last_residual_m.get(region, math.inf)
        self._last_residual_m[region] = residual.length_m
        significant = residual.length_m > 4 * WORTH_PX * pixel_size_m
        grew = significant and residual.length_m > WORSE_FACTOR * before_m and before_m > WORTH_PX * pixel_size_m
        self._worse[region] = self._worse.get(region, 0) + 1 if grew else 0
        return self._worse[region] >= WORSE_TIMES


def _kind(region: str, image: Image, tile: tuple[int, int]) -> tuple[str, ...]:
    height, width = image.pixels.shape
    return (
        region,
        f"{tile}",
        image.detector,
        f"{width}x{height}",
        f"{image.conditions.voltage_V:g}",
        f"{image.conditions.field_width_m:g}",
    )
