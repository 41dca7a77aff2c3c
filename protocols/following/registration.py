"""How far the anchor of a picture has moved: normalised cross-correlation under weights, to a fraction of a pixel.

The correlation is that of Padfield (IEEE Trans. Image Process. 21, 2012), with weights on the reference only.
Its height at the peak is the confidence: 1 for the same picture, near 0 for another place.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from operando.protocols.following.anchor import Anchor, weights_of
from operando.protocols.following.blur import between

__all__ = ["Displacement", "register"]

FINEST_PX = 1.0
COARSEST_PX = 12.0
"""Structures between these two radii count: finer ones are noise, coarser ones are shading and charging."""
LEAST_ENERGY_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class Displacement:
    """Where the anchor is now, in pixels to the right and down, and how surely it was recognised, 0 to 1."""

    right_px: float
    down_px: float
    confidence: float


def register(
    reference: NDArray[np.generic], picture: NDArray[np.generic], anchor: Anchor, farthest_share: float = 0.25
) -> Displacement:
    """Find a reference picture's anchor in a later picture of the same field.

    Args:
        reference: shape (height, width).
        picture: of the same shape and pixel size.
        anchor: what to follow.
        farthest_share: of width and height, within which it is looked for.
    """
    if reference.shape != picture.shape or reference.ndim != 2:
        raise ValueError(f"pictures of shapes {reference.shape} and {picture.shape} cannot be compared")
    still = reference.astype(np.float32)
    weights = weights_of(still, anchor)
    template = between(still, FINEST_PX, COARSEST_PX) * weights
    moved = between(picture.astype(np.float32), FINEST_PX, COARSEST_PX)
    shape = _room(reference.shape, farthest_share)
    correlation = _correlate(template, moved, shape)
    energy = _correlate(weights * weights, moved * moved, shape)
    # where the shifted anchor hangs out of the picture, little energy would make much of nothing
    floor = LEAST_ENERGY_SHARE * float(energy[0, 0])
    norm = np.sqrt(np.maximum(energy, max(floor, 1e-20)) * max(float((template**2).sum()), 1e-20))
    quality = (correlation / norm).astype(np.float32)
    return _peak(quality, reference.shape, farthest_share)


def _room(size: tuple[int, ...], farthest_share: float) -> tuple[int, int]:
    """Rows and columns that keep displacements as far as that share apart from those that wrap around."""
    from scipy.fft import next_fast_len

    height, width = (next_fast_len(extent + max(1, int(farthest_share * extent)), real=True) for extent in size)
    return height, width


def _correlate(
    template: NDArray[np.float32], picture: NDArray[np.float32], shape: tuple[int, int]
) -> NDArray[np.float32]:
    """At each displacement (down, right; negative ones wrap): the sum of products."""
    from scipy.fft import irfft2, rfft2

    product = np.conj(rfft2(template, shape)) * rfft2(picture, shape)
    return np.asarray(irfft2(product, shape), np.float32)


def _peak(quality: NDArray[np.float32], size: tuple[int, ...], farthest_share: float) -> Displacement:
    rows, columns = (max(1, int(farthest_share * extent)) for extent in size)
    down = np.arange(-rows, rows + 1)
    right = np.arange(-columns, columns + 1)
    near = quality[np.ix_(down, right)]
    row, column = divmod(int(np.argmax(near)), near.shape[1])
    best = float(near[row, column])
    return Displacement(
        right_px=float(right[column]) + _vertex(near[row, :], column),
        down_px=float(down[row]) + _vertex(near[:, column], row),
        confidence=min(max(best, 0.0), 1.0),
    )


def _vertex(values: NDArray[np.float32], index: int) -> float:
    """Where the parabola through a maximum and its neighbours has its top, from the maximum."""
    if not 0 < index < values.size - 1:
        return 0.0
    before, top, after = (float(value) for value in values[index - 1 : index + 2])
    bend = before - 2.0 * top + after
    return 0.0 if bend == 0.0 else 0.5 * (before - after) / bend
