"""Marks of the beam: carbon that darkens what was scanned, lithium plated where electrons stayed, and blisters where
there were too many."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import cos, exp, hypot, sin

import numpy as np
from numpy.typing import NDArray

from operando.simulators.world.beam_effects import BeamEffects
from operando.simulators.world.constants import FARADAY_C_PER_MOL, LITHIUM_MOLAR_VOLUME_M3
from operando.simulators.world.dose import Dosed
from operando.simulators.world.optics_field import Canvas
from operando.simulators.world.scene_lithium import LITHIUM_SIGNAL
from operando.simulators.world.signal_blisters import blistered

__all__ = ["BeamMark", "beam_marks", "marked", "plated_m"]

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
        dose: over the one that blisters; 0 of a spot, and where nothing can have come so far.
    """

    x_m: float
    y_m: float
    width_m: float
    height_m: float
    lost: float
    covered: float
    dose: float = 0.0


def beam_marks(dosed: Iterable[Dosed], effects: BeamEffects) -> tuple[BeamMark, ...]:
    """The marks that can be seen."""
    found = []
    places = list(dosed)
    may_blister = sum(place.dose_C_per_m2 for place in places if not place.is_spot) > effects.damage_C_per_m2
    for place in places:
        lost = effects.contamination * (1 - exp(-place.dose_C_per_m2 / _FILM_C_PER_M2))
        covered = 1 - exp(-plated_m(place.dose_C_per_m2, effects) / _HIDING_M)
        lost, covered = (round(share / _STEP) * _STEP for share in (lost, covered))
        relative = place.dose_C_per_m2 / effects.damage_C_per_m2 if may_blister and not place.is_spot else 0.0
        dose = round(relative / _STEP) * _STEP
        if lost or covered or dose:
            width, height = (0.0, 0.0) if place.is_spot else (place.width_m, place.height_m)
            found.append(BeamMark(place.x_m, place.y_m, width, height, lost, covered, dose))
    return tuple(found)


def marked(
    plate: NDArray[np.float32], detector: str, marks: Sequence[BeamMark], canvas: Canvas, edge_m: float
) -> NDArray[np.float32]:
    """A detector's signal of what is not lithium, with marks on it.

    Args:
        plate: as the beam sees it; shape of the canvas.
        detector: "SE" or "BSE".
        marks: one after the other.
        canvas: where the plate lies.
        edge_m: over which distance the beam sees the edge of a mark.
    """
    width_m, raster = max(edge_m, canvas.pixel_m), canvas.raster
    if canvas.rotation_rad:
        cosine, sine = cos(canvas.rotation_rad), sin(canvas.rotation_rad)
        along, up = raster.x_m[None, :], raster.y_m[:, None]
        places = along * cosine - up * sine, along * sine + up * cosine
        shares = [_inside(mark, places[0], 0, width_m) * _inside(mark, places[1], 1, width_m) for mark in marks]
        factor, added = np.ones_like(plate), np.zeros_like(plate)
        for mark, share in zip(marks, shares, strict=True):
            _film(mark, share, detector, factor, added)
        dose = sum((mark.dose * share for mark, share in zip(marks, shares, strict=True)), np.zeros_like(plate))
        return blistered(plate * factor + added, dose, *places, width_m)
    columns, column = _stretches(np.stack([_inside(mark, raster.x_m, 0, width_m) for mark in marks]))
    rows, row = _stretches(np.stack([_inside(mark, raster.y_m, 1, width_m) for mark in marks]))
    factor = np.ones((rows.shape[1], columns.shape[1]), np.float32)
    added, dose = np.zeros_like(factor), np.zeros_like(factor)
    for mark, across, up in zip(marks, columns, rows, strict=True):
        right, down = np.flatnonzero(across), np.flatnonzero(up)
        if right.size and down.size:
            here = (slice(down[0], down[-1] + 1), slice(right[0], right[-1] + 1))
            inside = up[here[0], None] * across[here[1]]
            _film(mark, inside, detector, factor[here], added[here])
            dose[here] += np.float32(mark.dose) * inside
    seen = plate * factor[row][:, column]
    seen += added[row][:, column]
    if not dose.max() > 1.0:
        return seen
    return blistered(seen, dose[row][:, column], *np.meshgrid(raster.x_m, raster.y_m), width_m)


def _film(
    mark: BeamMark,
    share: NDArray[np.float32],
    detector: str,
    factor: NDArray[np.float32],
    added: NDArray[np.float32],
) -> None:
    """Cover `signal * factor + added` with a mark, in place: lithium, then carbon that holds secondaries back."""
    plated = np.float32(mark.covered) * share
    left = np.float32(mark.lost if detector == "SE" else 0.0) * share
    np.subtract(1, left, out=left)
    clear = (1 - plated) * left
    factor *= clear
    added *= clear
    added += np.float32(LITHIUM_SIGNAL[detector]) * plated * left


def _inside(mark: BeamMark, place_m: NDArray[np.float64], axis: int, edge_m: float) -> NDArray[np.float32]:
    """Along one axis: 1 in a field and 0 beside it; a spot is round and ends somewhere."""
    away_m = np.abs(place_m - (mark.x_m, mark.y_m)[axis])
    if not mark.width_m:
        sigma_m = hypot(_SPOT_SIGMA_M, 0.5 * edge_m)
        return np.where(away_m < 4 * sigma_m, np.exp(-0.5 * (away_m / sigma_m) ** 2), 0).astype(np.float32)
    half_m = 0.5 * (mark.width_m, mark.height_m)[axis]
    return np.clip((half_m - away_m) / edge_m + 0.5, 0, 1).astype(np.float32)


def _stretches(lines: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """The different places of lines of shape (marks, places), and which of them each place is like."""
    new = np.concatenate([[True], (lines[:, 1:] != lines[:, :-1]).any(axis=0)])
    return np.ascontiguousarray(lines[:, new]), np.cumsum(new) - 1
