"""Cracks that have come since a region was fresh: their lines, their length and how much they wind.

What has become darker since the fresh picture and is thin is a crack; grain boundaries and pores were there before and
fall out. Pieces that lie in line, or that a pore parts, belong to one crack.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from operando.protocols.analysis.bridges import bridged
from operando.protocols.analysis.lines import Line, lines_through
from operando.protocols.analysis.measured import Measured, not_detectable
from operando.protocols.analysis.tips import with_tips

__all__ = ["RULER_M", "CrackPattern", "crack_pattern"]

RULER_M = 10e-6
"""The ruler with which lengths are stated; with a finer one every line winds as the noise does."""
_SMOOTH_PX = 1.0
_SURE, _FAINT = 7.0, 2.2
"""Standard deviations by which a pixel is darker than it was: one such makes a crack, the others belong to it."""
_STEEP = 2.0
"""Standard deviations by which a pixel beside is darker if that is no noise."""
_DRIFTS = 0.3
"""Fraction of a pixel by which two pictures of a place may still be displaced when one is brought onto the other."""
_LEAST_PX = 20
_BORDER_PX = 5
"""At the edge of what was in view twice nothing is compared."""
_SHORTEST_M = 8e-6
_HOLE_M2 = 25e-12
"""What a crack goes around is a grain; a smaller spot that it leaves out is none."""
_PORE = 0.6
"""A pixel that was darker than this share of the usual grey when fresh is a pore."""


@dataclass(frozen=True, slots=True, eq=False)
class CrackPattern:
    """Cracks in one picture.

    Args:
        lines: of the cracks and their branches.
        mask: pixels that have become dark, shape of the picture.
        length_m: of all lines with a ruler of 10 um; not detectable if there is none.
        tortuosity: length over the sum of the distances between the ends of the lines.
        seen_m2: area that was looked at.
    """

    lines: tuple[Line, ...]
    mask: NDArray[np.bool_]
    length_m: Measured
    tortuosity: Measured
    seen_m2: float


def crack_pattern(
    picture: NDArray[np.generic],
    fresh: NDArray[np.generic],
    pixel_m: float,
    looked_at: NDArray[np.bool_] | None = None,
) -> CrackPattern:
    """Cracks in a picture of backscattered electrons.

    Args:
        picture: shape (rows, columns).
        fresh: the same place before cycling, brought back onto the picture; NaN where it was not in view.
        pixel_m: edge of a pixel.
        looked_at: where cracks are looked for; everywhere if not given. Leave out the lithium and what it covers.
    """
    there = np.isfinite(fresh) if looked_at is None else looked_at & np.isfinite(fresh)
    mask, pores, darker = _darkened(picture, fresh, there)
    return _measured(mask, pores, darker, there, pixel_m)


def _measured(
    mask: NDArray[np.bool_],
    pores: NDArray[np.bool_],
    darker: NDArray[np.float32],
    there: NDArray[np.bool_],
    pixel_m: float,
) -> CrackPattern:
    """Lines through a mask of cracks, their length and tortuosity.

    Args:
        mask: of cracks; `pores` where a crack cannot be seen but may run.
        darker: by how many standard deviations each pixel is darker than before, where it is looked at (`there`).
    """
    from skimage.morphology import remove_small_holes

    joined = remove_small_holes(mask | bridged(mask, pores, there, pixel_m), max_size=round(_HOLE_M2 / pixel_m**2))
    lines = with_tips(lines_through(joined, pixel_m, _SHORTEST_M), darker, there, pixel_m)
    seen_m2 = float(there.sum()) * pixel_m**2
    if not lines:
        return CrackPattern((), mask, not_detectable(_SHORTEST_M), not_detectable(), seen_m2)
    lengths = np.array([line.length_m(RULER_M) for line in lines])
    chords = np.array([line.chord_m for line in lines])
    # each end of a line is known to about a ruler's tenth, and to a pixel
    end_m = float(np.hypot(0.1 * RULER_M, pixel_m))
    length_error_m = end_m * np.sqrt(2.0 * len(lines)) + 0.02 * float(lengths.sum())
    tortuosity = float(lengths.sum() / max(chords.sum(), pixel_m))
    return CrackPattern(
        lines,
        mask,
        Measured(float(lengths.sum()), length_error_m, _SHORTEST_M),
        Measured(tortuosity, max(0.01, 0.05 / np.sqrt(len(lines)))),
        seen_m2,
    )


def _darkened(
    picture: NDArray[np.generic], fresh: NDArray[np.generic], there: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.float32]]:
    """Where it is darker than it was, where it was dark before, and by how many standard deviations it is darker."""
    from scipy.ndimage import binary_dilation, binary_erosion, gaussian_filter, minimum_filter
    from skimage.filters import apply_hysteresis_threshold
    from skimage.morphology import remove_small_objects

    old = np.where(np.isfinite(fresh), fresh, np.nanmedian(fresh.astype(np.float64)))
    before, after = (gaussian_filter(one.astype(np.float32), _SMOOTH_PX) for one in (old, picture))
    after = after * (float(np.median(before[there])) / max(float(np.median(after[there])), 1e-6))
    there = binary_erosion(there, iterations=_BORDER_PX)
    noise = _noise(before - after, there)
    # brightness that changes slowly over the picture is charging or contamination
    after = after + gaussian_filter(before - after, 25.0)
    # drift is known to a fraction of a pixel: what is no darker than it was so far beside it has not changed
    steep = _DRIFTS * np.clip(before - minimum_filter(before, 3) - _STEEP * noise, 0.0, None)
    darker = (before - steep - after) / noise
    pores = binary_dilation(before < _PORE * float(np.median(before[there])), iterations=2)
    found = apply_hysteresis_threshold(np.where(there, darker, 0.0), _FAINT, _SURE)
    mask = remove_small_objects(found, max_size=_LEAST_PX)
    return np.asarray(mask, bool), np.asarray(pores, bool), np.asarray(darker, np.float32)


def _noise(difference: NDArray[np.float32], there: NDArray[np.bool_]) -> float:
    values = difference[there]
    return max(1.4826 * float(np.median(np.abs(values - np.median(values)))), 1e-6)
