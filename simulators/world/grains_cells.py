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
    height, width = x_m.shape
    row = np.minimum(np.arange(-(-height // coarseness)), nearest.shape[0] - 1)
    column = np.minimum(np.arange(width) // coarseness, nearest.shape[1] - 1)
    found = GrainMap(np.empty(x_m.shape, np.int64), *(np.empty(x_m.shape, np.float32) for _ in range(2)))
    for start in range(0, height, _ROWS_AT_ONCE):
        rows = slice(start, min(start + _ROWS_AT_ONCE, height))
        groups = row[start // coarseness : -(-rows.stop // coarseness)]
        # (groups of rows, columns, ranks): the candidates are the same for all rows of a group
        candidates = nearest[groups][:, column]
        near = (_in_groups(part[rows], coarseness) for part in (x_m, y_m))
        parts = _ranked(discs, candidates, *near)
        whole = rows.stop - start
        found.grain[rows], found.boundary_m[rows], found.corner_m[rows] = (
            part.reshape(-1, width)[:whole] for part in parts
        )
    return found


def _in_groups(rows: NDArray[np.float32], coarseness: int) -> NDArray[np.float32]:
    """Shape (groups, rows of a group, columns); the last group is filled up with its last row."""
    missing = -len(rows) % coarseness
    filled = np.concatenate([rows, np.repeat(rows[-1:], missing, axis=0)]) if missing else rows
    return filled.reshape(-1, coarseness, rows.shape[1])


def _ranked(
    discs: tuple[NDArray[np.float32], ...],
    candidates: NDArray[np.int64],
    near_x: NDArray[np.float32],
    near_y: NDArray[np.float32],
) -> tuple[NDArray[np.int64], NDArray[np.float32], NDArray[np.float32]]:
    """The grain of each point, and how far its boundary and its corner are; shape of `near_x`."""
    best, second, third = (np.full(near_x.shape, np.inf, np.float32) for _ in range(3))
    owner, rival = (np.zeros(near_x.shape, np.uint8) for _ in range(2))
    for rank in range(candidates.shape[2]):
        centre_x, centre_y, square = (part[candidates[:, None, :, rank]] for part in discs)
        power, across = near_x - centre_x, near_y - centre_y
        power *= power
        across *= across
        power += across
        power -= square
        first, middle = power < best, power < second
        np.copyto(rival, rank, where=middle)
        np.copyto(rival, owner, where=first)
        np.copyto(owner, rank, where=first)
        np.minimum(third, np.maximum(second, power), out=third)
        np.minimum(second, np.maximum(best, power), out=second)
        np.minimum(best, power, out=best)
    grain, other = (_chosen(candidates, rank) for rank in (owner, rival))
    apart = np.hypot(discs[0][grain] - discs[0][other], discs[1][grain] - discs[1][other])
    twice = np.maximum(2 * apart, np.float32(1e-9))
    return grain, (second - best) / twice, (third - best) / twice


def _chosen(candidates: NDArray[np.int64], rank: NDArray[np.uint8]) -> NDArray[np.int64]:
    """The candidate of a rank at each point."""
    count = candidates.shape[2]
    first = np.arange(0, candidates.size, count).reshape(candidates.shape[0], 1, -1)
    return np.asarray(candidates.reshape(-1)[first + rank])
