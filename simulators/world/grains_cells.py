"""Which grain lies at each point, and how far its boundary is: the power diagram on a raster."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from operando.simulators.world.grains import Grains
from operando.simulators.world.scene_raster import Raster

__all__ = ["GrainMap", "grain_map"]

_NEIGHBOURS = 6
#: rows that are compared at once, so that they stay in the processor's cache; a multiple of every coarseness
_ROWS_AT_ONCE = 32


@dataclass(frozen=True, slots=True, eq=False)
class GrainMap:
    """For each point of a raster: the grain, the distance to its boundary and to its nearest corner (metres)."""

    grain: NDArray[np.int64]
    boundary_m: NDArray[np.float32]
    corner_m: NDArray[np.float32]


def grain_map(
    grains: Grains, raster: Raster, warp_x_m: NDArray[np.float32], warp_y_m: NDArray[np.float32], coarseness: int = 4
) -> GrainMap:
    """Map the grains over a raster whose points are displaced by a warp (which bends the straight boundaries).

    The few nearest grains are looked up once for each coarseness x coarseness points and compared at every point.
    """
    from scipy.spatial import cKDTree

    # about the middle, so that single precision is fine enough
    origin_x, origin_y = float(raster.x_m.mean()), float(raster.y_m.mean())
    x_m = (raster.x_m - origin_x).astype(np.float32)[None, :] + warp_x_m
    y_m = (raster.y_m - origin_y).astype(np.float32)[:, None] + warp_y_m
    lift = np.sqrt(np.maximum(grains.radius_m.max() ** 2 - grains.radius_m**2, 0))
    centre_x, centre_y = grains.x_m - origin_x, grains.y_m - origin_y
    tree = cKDTree(np.column_stack([centre_x, centre_y, lift]))
    middle = slice(coarseness // 2, None, coarseness)
    points = np.stack([x_m[middle, middle], y_m[middle, middle], np.zeros_like(x_m[middle, middle])], axis=-1)
    count = min(_NEIGHBOURS, grains.x_m.size)
    _, nearest = tree.query(points, k=range(1, count + 1))
    discs = (part.astype(np.float32) for part in (centre_x, centre_y, grains.radius_m**2))
    return _compared(tuple(discs), x_m, y_m, nearest, coarseness)


def _compared(
    discs: tuple[NDArray[np.float32], ...],
    x_m: NDArray[np.float32],
    y_m: NDArray[np.float32],
    nearest: NDArray[np.int64],
    coarseness: int,
) -> GrainMap:
    """Power distances to the candidate grains (x, y, squared radius) at every point: best, second and third."""
    centre_x, centre_y, square = discs
    column = np.minimum(np.arange(x_m.shape[1]) // coarseness, nearest.shape[1] - 1)
    found = GrainMap(np.empty(x_m.shape, np.int64), *(np.empty(x_m.shape, np.float32) for _ in range(2)))
    for start in range(0, x_m.shape[0], _ROWS_AT_ONCE):
        rows = slice(start, start + _ROWS_AT_ONCE)
        near_x, near_y = x_m[rows], y_m[rows]
        row = np.minimum(np.arange(start, start + len(near_x)) // coarseness, nearest.shape[0] - 1)
        candidates = nearest[row][:, column]
        best, second, third = (np.full(near_x.shape, np.inf, np.float32) for _ in range(3))
        owner, rival = (np.zeros(near_x.shape, np.int64) for _ in range(2))
        for rank in range(nearest.shape[2]):
            candidate = candidates[:, :, rank]
            power = (near_x - centre_x[candidate]) ** 2 + (near_y - centre_y[candidate]) ** 2 - square[candidate]
            first, middle = power < best, power < second
            third = np.where(middle, second, np.minimum(third, power))
            rival = np.where(first, owner, np.where(middle, candidate, rival))
            second = np.where(first, best, np.minimum(second, power))
            owner, best = np.where(first, candidate, owner), np.minimum(best, power)
        apart = np.hypot(centre_x[owner] - centre_x[rival], centre_y[owner] - centre_y[rival])
        twice = np.maximum(2 * apart, np.float32(1e-9))
        found.grain[rows], found.boundary_m[rows], found.corner_m[rows] = (
            owner,
            (second - best) / twice,
            (third - best) / twice,
        )
    return found
