"""What the drift of a region is followed on: the grains that stay, not the lithium that moves."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from operando.protocols.following.blur import blurred

__all__ = ["ANCHOR_MATERIALS", "Anchor", "Box", "weights_of"]

ANCHOR_MATERIALS = ("electrolyte", "NMC")
"""Lithium is none: it is what moves."""
SMOOTHED_SHARE = 0.02
"""Of the width of the picture: grains are larger than that, noise and cracks are smaller."""
BORDER_SHARE = 0.03
INSIDE = 0.97
LEAST_SHARE = 0.05
CLASSES = 256


@dataclass(frozen=True, slots=True)
class Box:
    """Part of the picture, as fractions of its width and height from the top left."""

    left: float
    top: float
    right: float
    bottom: float


Anchor = Literal["electrolyte", "NMC"] | Box


def weights_of(picture: NDArray[np.float32], anchor: Anchor) -> NDArray[np.float32]:
    """How much each pixel of a reference picture counts in a registration, 0 to 1, shape as the picture.

    A named material is the brighter of two classes (Otsu, 1979) of the smoothed picture: lithium is the darkest of
    all in backscattered and in secondary electrons, and of argyrodite and NMC the NMC is the brighter one.
    The weights fall to zero at the edges of the picture, which have no counterpart when it moves.
    """
    edge = _taper(picture.shape)
    if isinstance(anchor, Box):
        inside = np.zeros(picture.shape, np.float32)
        height, width = picture.shape
        rows = slice(round(anchor.top * height), round(anchor.bottom * height))
        inside[rows, round(anchor.left * width) : round(anchor.right * width)] = 1.0
        return inside * edge
    smooth = blurred(picture, max(1.0, SMOOTHED_SHARE * picture.shape[1]))
    anchor_share = (smooth > _otsu(smooth)).astype(np.float32)
    # the border of the anchor moves with whatever lies beside it: only what is well inside counts, if there is enough
    inside = (blurred(anchor_share, BORDER_SHARE * picture.shape[1]) > INSIDE).astype(np.float32)
    return edge * (inside if inside.mean() > LEAST_SHARE else anchor_share)


def _taper(shape: tuple[int, ...]) -> NDArray[np.float32]:
    """A Tukey window that falls over the outer eighth of each side."""
    sides = []
    for size in shape:
        from_edge = np.minimum(np.arange(size), np.arange(size)[::-1]) / max(size / 8, 1.0)
        sides.append(np.sin(0.5 * np.pi * np.clip(from_edge, 0.0, 1.0)) ** 2)
    return np.outer(*sides).astype(np.float32)


def _otsu(picture: NDArray[np.float32]) -> float:
    """The brightness that parts the picture into the two classes with the least variance inside."""
    counts, edges = np.histogram(picture, CLASSES)
    middles = (edges[:-1] + edges[1:]) / 2
    below = np.cumsum(counts)
    above = below[-1] - below
    sums = np.cumsum(counts * middles)
    parts = (below > 0) & (above > 0)
    if not parts.any():
        return float(edges[0])  # one brightness everywhere: all of it is the anchor
    below, above, sums, middles = below[parts], above[parts], sums[parts], middles[parts]
    total = float((counts * (edges[:-1] + edges[1:]) / 2).sum())
    between = below * above * (sums / below - (total - sums) / above) ** 2
    return float(middles[int(np.argmax(between))])
