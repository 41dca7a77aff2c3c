"""Which grain lies at each point, and how far its boundary is: the power diagram on a raster."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from operando.simulators.world.grains import Grains
from operando.simulators.world.scene_raster import Raster

__all__ = ["GrainMap", "grain_map"]

_NEIGHBOURS = 6


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

    lift = np.sqrt(np.maximum(grains.radius_m.max() ** 2 - grains.radius_m**2, 0))
    tree = cKDTree(np.column_stack([grains.x_m, grains.y_m, lift]))
    x_m, y_m = raster.x_m[None, :] + warp_x_m, raster.y_m[:, None] + warp_y_m
    middle = slice(coarseness // 2, None, coarseness)
    points = np.stack([x_m[middle, middle], y_m[middle, middle], np.zeros_like(x_m[middle, middle])], axis=-1)
    count = min(_NEIGHBOURS, grains.x_m.size)
    _, nearest = tree.query(points, k=range(1, count + 1))
    return _compared(grains, x_m, y_m, nearest, coarseness)


def _compared(
    grains: Grains, x_m: NDArray[np.float64], y_m: NDArray[np.float64], nearest: NDArray[np.int64], coarseness: int
) -> GrainMap:
    """Exact power distances to the candidate grains at every point: best, second and third."""
    rows, columns = x_m.shape
    far = np.float32(np.inf)
    best, second, third = (np.full(x_m.shape, far, np.float32) for _ in range(3))
    owner, rival = (np.zeros(x_m.shape, np.int64) for _ in range(2))
    origin_x, origin_y = float(x_m.mean()), float(y_m.mean())
    local_x, local_y = (x_m - origin_x).astype(np.float32), (y_m - origin_y).astype(np.float32)
    centre_x, centre_y = (grains.x_m - origin_x).astype(np.float32), (grains.y_m - origin_y).astype(np.float32)
    square = (grains.radius_m**2).astype(np.float32)
    row = np.minimum(np.arange(rows) // coarseness, nearest.shape[0] - 1)
    column = np.minimum(np.arange(columns) // coarseness, nearest.shape[1] - 1)
    for rank in range(nearest.shape[2]):
        candidate = nearest[:, :, rank][row][:, column]
        power = (local_x - centre_x[candidate]) ** 2 + (local_y - centre_y[candidate]) ** 2 - square[candidate]
        first, middle = power < best, (power >= best) & (power < second)
        third = np.where(first | middle, second, np.minimum(third, power))
        rival = np.where(first, owner, np.where(middle, candidate, rival))
        second = np.where(first, best, np.where(middle, power, second))
        owner, best = np.where(first, candidate, owner), np.where(first, power, best)
    apart = np.hypot(centre_x[owner] - centre_x[rival], centre_y[owner] - centre_y[rival])
    boundary = (second - best) / np.maximum(2 * apart, np.float32(1e-9))
    corner = (third - best) / np.maximum(2 * apart, np.float32(1e-9))
    return GrainMap(owner, boundary, corner)
