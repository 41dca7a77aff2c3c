"""Marks of the beam: carbon that darkens what was scanned, and lithium plated where electrons stayed."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import cos, exp, sin

import numpy as np
from numpy.typing import NDArray

from operando.simulators.world.beam_effects import BeamEffects
from operando.simulators.world.constants import FARADAY_C_PER_MOL, LITHIUM_MOLAR_VOLUME_M3
from operando.simulators.world.dose import Dosed
from operando.simulators.world.optics_field import Canvas
from operando.simulators.world.scene_lithium import LITHIUM_SIGNAL

__all__ = ["BeamMark", "beam_marks", "painted_marks", "plated_m"]

#: absorbed dose after which most of the film is there, and thickness of lithium that hides what lies below (free)
_FILM_C_PER_M2, _HIDING_M = 60.0, 0.12e-6
_STEP = 0.01
_SPOT_SIGMA_M = 0.45e-6


def plated_m(dose_C_per_m2: float, effects: BeamEffects) -> float:
    """Thickness of the lithium that a dose plates on argyrodite."""
    return effects.plating_efficiency * dose_C_per_m2 * LITHIUM_MOLAR_VOLUME_M3 / FARADAY_C_PER_MOL


@dataclass(frozen=True, slots=True)
class BeamMark:
    """A rectangle or a spot that looks different, in steps of a hundredth.

    Args:
        x_m: of its middle, as `y_m`.
        width_m: and `height_m`: of a scanned field; 0 of a spot.
        lost: share of the secondaries that the film holds back.
        covered: share of the signal that comes from plated lithium.
    """

    x_m: float
    y_m: float
    width_m: float
    height_m: float
    lost: float
    covered: float


def beam_marks(dosed: Iterable[Dosed], effects: BeamEffects) -> tuple[BeamMark, ...]:
    """The marks that can be seen."""
    found = []
    for place in dosed:
        lost = effects.contamination * (1 - exp(-place.dose_C_per_m2 / _FILM_C_PER_M2))
        covered = 1 - exp(-plated_m(place.dose_C_per_m2, effects) / _HIDING_M)
        lost, covered = (round(share / _STEP) * _STEP for share in (lost, covered))
        if lost or covered:
            width, height = (0.0, 0.0) if place.is_spot else (place.width_m, place.height_m)
            found.append(BeamMark(place.x_m, place.y_m, width, height, lost, covered))
    return tuple(found)


def painted_marks(signal: dict[str, NDArray[np.float32]], marks: Iterable[BeamMark], canvas: Canvas) -> None:
    """Paint marks over the sharp signals of what is not lithium, in place."""
    x_m, y_m = _places(canvas)
    for mark in marks:
        share = _share(mark, x_m, y_m, canvas.pixel_m)
        plated = np.float32(mark.covered) * share
        for name, plate in signal.items():
            plate += plated * (np.float32(LITHIUM_SIGNAL[name]) - plate)
        if "SE" in signal:
            signal["SE"] *= 1 - np.float32(mark.lost) * share


def _places(canvas: Canvas) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """x and y on the specimen of each pixel; broadcast where the canvas is not turned."""
    raster = canvas.raster
    along, up = raster.x_m[None, :].astype(np.float64), raster.y_m[:, None].astype(np.float64)
    cosine, sine = cos(canvas.rotation_rad), sin(canvas.rotation_rad)
    if not canvas.rotation_rad:
        return along.astype(np.float32), up.astype(np.float32)
    return (along * cosine - up * sine).astype(np.float32), (along * sine + up * cosine).astype(np.float32)


def _share(mark: BeamMark, x_m: NDArray[np.float32], y_m: NDArray[np.float32], pixel_m: float) -> NDArray[np.float32]:
    """1 in a field and 0 beside it; a spot is round."""
    across, up = x_m - np.float32(mark.x_m), y_m - np.float32(mark.y_m)
    if not mark.width_m:
        sigma = np.float32(max(_SPOT_SIGMA_M, 0.5 * pixel_m))
        return np.asarray(np.exp(-0.5 * ((across / sigma) ** 2 + (up / sigma) ** 2)), np.float32)
    pixel = np.float32(pixel_m)
    sides = (
        np.clip((np.float32(size / 2) - np.abs(part)) / pixel + np.float32(0.5), 0, 1)
        for part, size in ((across, mark.width_m), (up, mark.height_m))
    )
    beside, above = sides
    return np.asarray(beside * above, np.float32)
