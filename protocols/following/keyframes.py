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
RETURN_GAIN = 0.3
"""Of a displacement found after the stage has been elsewhere, so much counts as drift; the rest is the error of this
one return (0.2 to 2 um), which is corrected while the stage stands, and not taken along to the next return."""
SAME_WIDTH = 1e-3
"""Relative: focusing changes the width of a field by parts in a hundred thousand, which is no other magnification."""
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

    def __add__(self, other: "Correction") -> "Correction":
        return Correction(self.x_m + other.x_m, self.y_m + other.y_m)

    def scaled(self, factor: float) -> "Correction":
        """So much of it."""
        return Correction(factor * self.x_m, factor * self.y_m)


@dataclass(frozen=True, slots=True)
class Followed:
    """What came of one picture: the drift since the region was first seen, what was decided, and whether it moves."""

    verdict: Verdict
    confidence: float
    drift: Correction
    moved: bool = False


@dataclass(frozen=True, slots=True)
class _Keyframe:
    pixels: NDArray[np.uint8] | NDArray[np.uint16]
    field_width_m: float
    offset: Correction
    """Of its middle from where the region's middle has gone, as known when it was taken."""


class Following:
    """The drift of all regions of a run. Pictures of other size, energy or detector have references of their own."""

    def __init__(self, limits: FollowingLimits) -> None:
        self._limits = limits
        self._keyframes: dict[tuple[str, ...], _Keyframe] = {}
        self._drifts: dict[str, Correction] = {}
        self._stands: dict[str, Correction] = {}
        self._last_residual_m: dict[str, float] = {}
        self._worse: dict[str, int] = {}
        self._given_up: set[str] = set()
        self._by_stage: dict[str, Correction] = {}

    def correction(self, region: str) -> Correction:
        """By how much the field of a region is to be moved now, in all: drift, and the error of this stand."""
        return self._drifts.get(region, Correction()) + self._stands.get(region, Correction())

    def by_stage(self, region: str) -> Correction:
        """The part of it that the stage takes over, because the image shift does not reach so far."""
        return self._by_stage.get(region, Correction())

    def by_shift(self, region: str) -> Correction:
        """The part of it that the image shift makes."""
        wanted, stage = self.correction(region), self.by_stage(region)
        return wanted + stage.scaled(-1.0)

    def left(self, region: str) -> None:
        """The stage has moved away from a region: what was known of its stand there is worth nothing now."""
        self._stands.pop(region, None)

    def reference(self, region: str, image: Image, tile: tuple[int, int] = (0, 0)) -> NDArray[np.generic] | None:
        """What a picture is to be compared with; None if it is the first of its kind, or following was given up."""
        if region in self._given_up:
            return None
        key = _kind(region, image, tile)
        kept, width_m = self._keyframes.get(key), image.conditions.field_width_m
        if kept is None or not math.isclose(kept.field_width_m, width_m, rel_tol=SAME_WIDTH):
            self._keyframes[key] = _Keyframe(image.pixels, width_m, Correction())
            return None
        return kept.pixels

    def take(
        self, region: str, image: Image, found: Displacement, tile: tuple[int, int] = (0, 0), *, returned: bool = False
    ) -> Followed:
        """Take in where the anchor was found, and decide.

        Args:
            region: its name.
            image: the picture.
            found: where the anchor is, against `reference`.
            tile: which field of the region.
            returned: whether the stage has been elsewhere since the last picture of this field.
        """
        key = _kind(region, image, tile)
        keyframe = self._keyframes[key]
        # the picture's right and down, on the microscope's x and y axes
        residual = Correction(
            keyframe.offset.x_m + found.right_px * image.pixel_size_m,
            keyframe.offset.y_m - found.down_px * image.pixel_size_m,
        )
        now = self.correction(region)
        drift = self._drifts.get(region, Correction()) + residual.scaled(RETURN_GAIN if returned else 1.0)
        if found.confidence < self._limits.minimum_confidence:
            return Followed("unsure", found.confidence, now)
        if (now + residual).length_m > self._limits.correction_at_most_m:
            self._given_up.add(region)
            return Followed("too far", found.confidence, drift)
        if self._made_worse(region, residual, image.pixel_size_m, returned):
            self._given_up.add(region)
            for kept in (self._drifts, self._stands, self._by_stage):
                kept.pop(region, None)
            return Followed("made worse", found.confidence, drift)
        moved = residual.length_m > WORTH_PX * image.pixel_size_m
        if moved:
            self._move(region, residual, returned)
        if found.confidence < self._limits.keyframe_confidence:
            self._keyframes[key] = _Keyframe(image.pixels, image.conditions.field_width_m, residual)
        return Followed("followed", found.confidence, self._drifts.get(region, Correction()), moved)

    def _move(self, region: str, residual: Correction, returned: bool) -> None:
        """All of what was found is corrected; part of it for as long as the stage stands here only."""
        share = RETURN_GAIN if returned else 1.0
        self._drifts[region] = self._drifts.get(region, Correction()) + residual.scaled(share)
        self._stands[region] = self._stands.get(region, Correction()) + residual.scaled(1.0 - share)
        if self.by_shift(region).length_m > self._limits.image_shift_at_most_m:
            self._by_stage[region] = self._drifts[region]

    def _made_worse(self, region: str, residual: Correction, pixel_size_m: float, returned: bool) -> bool:
        """Whether corrections drive the field away: image shift of the wrong sign or scale on this microscope.

        Only pictures between which the stage stood can tell: each return of it misses anew.
        """
        before_m = self._last_residual_m.get(region, math.inf)
        self._last_residual_m[region] = residual.length_m
        if returned:
            return False
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
    )
