"""Where a crack goes on between the pieces of it that are seen.

A crack follows boundaries of grains, and what is already open or dark there does not become darker when a hairline
passes: in the difference of two pictures the crack is gone for the length of that boundary.
"""

import numpy as np
from numpy.typing import NDArray

__all__ = ["bridged"]

_REACH_M = 12e-6
"""Longest way over ground on which a crack would be seen; what was dark when fresh counts for `_IN_PORES` of that."""
_IN_PORES = 0.2
_CLOSED = -1.0
"""What the search takes for a wall."""
_LOOKS_BACK_PX = 20
_ONE_SIDED = 0.2
"""How far, as a share of the radius, the middle of a line's pixels lies from its end; in the inside it is 0."""


def bridged(
    mask: NDArray[np.bool_], pores: NDArray[np.bool_], there: NDArray[np.bool_], pixel_m: float
) -> NDArray[np.bool_]:
    """Cheapest ways between pieces of crack: short ones in any direction, long ones from end to end, through pores.

    Args:
        mask: pieces that are seen.
        pores: where nothing of a crack can be seen.
        there: what was looked at; no way leads out of it, along the lithium for instance.
        pixel_m: edge of a pixel.
    """
    from scipy.ndimage import find_objects
    from skimage.graph import MCP_Geometric
    from skimage.measure import label

    labels = label(mask, connectivity=2)
    bridges = np.zeros_like(mask)
    cost = np.where(there, np.where(pores, _IN_PORES, 1.0), _CLOSED)
    reach_px = _REACH_M / pixel_m
    margin = int(reach_px / _IN_PORES) + 1
    for number, piece in enumerate(find_objects(labels), start=1):
        window = tuple(slice(max(side.start - margin, 0), side.stop + margin) for side in piece)
        part = labels[window]
        ways = MCP_Geometric(cost[window])
        total, _ = ways.find_costs(np.argwhere(part == number))
        for other in np.unique(part[(part > number) & (total <= reach_px)]):
            place = np.unravel_index(int(np.where(part == other, total, np.inf).argmin()), part.shape)
            way = np.array(ways.traceback(place))
            if len(way) <= reach_px or (_goes_on(part == number, way) and _goes_on(part == other, way[::-1])):
                bridges[window][tuple(way.T)] = True
    return bridges


def _goes_on(piece: NDArray[np.bool_], way: NDArray[np.int64]) -> bool:
    """Whether a way leaves a piece at one of its ends, and does not turn back along it."""
    here = way[0]
    low = np.maximum(here - _LOOKS_BACK_PX, 0)
    around = tuple(slice(first, at + _LOOKS_BACK_PX + 1) for first, at in zip(low, here, strict=True))
    near = np.argwhere(piece[around]) + low - here
    middle = near[np.hypot(*near.T) <= _LOOKS_BACK_PX].mean(axis=0)
    away = way[min(_LOOKS_BACK_PX, len(way) - 1)] - here
    return bool(np.hypot(*middle) > _ONE_SIDED * _LOOKS_BACK_PX and middle @ away < 0)
