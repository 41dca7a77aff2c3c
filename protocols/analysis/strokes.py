"""From a skeleton to strokes: at a crossing a line goes on where it is straightest; twigs of the skeleton fall off."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

__all__ = ["strokes_of"]

_LOOKS_BACK_PX = 15
_STRAIGHT_ON = -0.3
"""Cosine between the directions in which two branches leave a crossing, below which they are one line."""

Points = NDArray[np.int64]


@dataclass(slots=True, eq=False)
class _Branch:
    """Pixels in order, and the crossing at each end; -1 where it ends freely."""

    pixels: Points
    ends: tuple[int, int]


def strokes_of(skeleton: NDArray[np.bool_], twig_px: NDArray[np.float64]) -> list[Points]:
    """Lines through a skeleton, pixels of each in order, shape (points, 2): row and column.

    Args:
        skeleton: lines one pixel wide.
        twig_px: at each pixel the length below which a branch with a free end is an artefact of the skeleton.
    """
    branches = _branches(skeleton)
    pruned = np.array(skeleton, bool)
    for branch in branches:
        if sum(end >= 0 for end in branch.ends) == 1:
            row, column = branch.pixels[0 if branch.ends[0] >= 0 else -1]
            if len(branch.pixels) < twig_px[row, column]:
                pruned[tuple(branch.pixels.T)] = False
    branches = _branches(pruned)
    return [_chained(branches, chain) for chain in _chains(branches)]


def _branches(skeleton: NDArray[np.bool_]) -> list[_Branch]:
    """Pieces between crossings; a ring is cut open somewhere."""
    from scipy.ndimage import convolve
    from skimage.measure import label, regionprops

    neighbours = convolve(skeleton.astype(np.int8), np.ones((3, 3), np.int8), mode="constant") - 1
    crossing = skeleton & (neighbours > 2)
    crossings = np.pad(label(crossing, connectivity=2), 1)
    found = []
    for piece in regionprops(label(skeleton & ~crossing, connectivity=2)):
        pixels = _in_order(np.asarray(piece.coords, np.int64))
        first, last = (int(crossings[row : row + 3, column : column + 3].max()) - 1 for row, column in pixels[[0, -1]])
        found.append(_Branch(pixels, (first, last)))
    return found


def _in_order(pixels: Points) -> Points:
    """From one end of a simple line to the other."""
    left = {(int(row), int(column)) for row, column in pixels}
    degree = {place: sum(step in left for step in _around(place)) for place in left}
    here = min(left, key=lambda place: (degree[place], place))
    way = [here]
    left.remove(here)
    while steps := [step for step in _around(here) if step in left]:
        here = steps[0]
        left.remove(here)
        way.append(here)
    return np.array(way, np.int64)


def _around(place: tuple[int, int]) -> list[tuple[int, int]]:
    """The eight neighbours, those that share a side first."""
    row, column = place
    sides = [(row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1)]
    return [*sides, *((row + down, column + right) for down in (-1, 1) for right in (-1, 1))]


def _direction(branch: _Branch, end: int) -> NDArray[np.float64]:
    """In which a branch leaves the crossing at its end 0 or 1."""
    pixels = branch.pixels if end == 0 else branch.pixels[::-1]
    away = (pixels[min(_LOOKS_BACK_PX, len(pixels) - 1)] - pixels[0]).astype(np.float64)
    return np.asarray(away / max(float(np.hypot(*away)), 1e-9), np.float64)


def _chains(branches: Sequence[_Branch]) -> list[list[tuple[int, int]]]:
    """Branches in the order of each line, as (branch, end by which it is entered)."""
    meeting: dict[int, list[tuple[int, int]]] = {}
    for number, branch in enumerate(branches):
        for end, crossing in enumerate(branch.ends):
            if crossing >= 0:
                meeting.setdefault(crossing, []).append((number, end))
    follows: dict[tuple[int, int], tuple[int, int]] = {}
    for there in meeting.values():
        turns = sorted(
            (float(_direction(branches[one[0]], one[1]) @ _direction(branches[other[0]], other[1])), one, other)
            for one, other in combinations(there, 2)
            if one[0] != other[0]
        )
        for turn, one, other in turns:
            if turn < _STRAIGHT_ON and one not in follows and other not in follows:
                follows[one], follows[other] = other, one
    chains, used = [], set[int]()
    # lines begin at ends that nothing follows; what is left then are rings
    starts = [(number, end) for number in range(len(branches)) for end in (0, 1) if (number, end) not in follows]
    for start in [*starts, *((number, 0) for number in range(len(branches)))]:
        chain, here = [], start
        while here[0] not in used:
            used.add(here[0])
            chain.append(here)
            here = follows.get((here[0], 1 - here[1]), here)
        if chain:
            chains.append(chain)
    return chains


def _chained(branches: Sequence[_Branch], chain: Sequence[tuple[int, int]]) -> Points:
    return np.concatenate([branches[number].pixels[:: 1 if end == 0 else -1] for number, end in chain])
