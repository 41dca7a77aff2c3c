"""The grains of the separator: an endless plane of them, the same wherever one comes back to.

The plane is cut into square tiles; each tile seeds its own generator and lays discs of the batch's sizes without
overlap, the largest first. The grains are the cells of the power diagram of those discs, so that their sizes spread as
the batch's do (a plain Voronoi diagram makes all grains alike).
"""

import math
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from operando.simulators.world.presets import GrainBatch
from operando.simulators.world.scene_texture import mixed_seed

__all__ = ["Grains", "grains_around"]

#: discs cover this share of the plane; the cells fill the rest
_COVERED = 0.72
#: places tried for a disc before it is laid over others
_TRIES = 16
_SIZES_IN_TILE = 2.5


@dataclass(frozen=True, slots=True, eq=False)
class Grains:
    """Some grains: centres and radii in metres, and a seed of each grain for its own look."""

    x_m: NDArray[np.float64]
    y_m: NDArray[np.float64]
    radius_m: NDArray[np.float64]
    seed: NDArray[np.int64]


def grains_around(
    batch: GrainBatch, seed: int, bounds_m: tuple[float, float, float, float], finest_m: float, whole: bool = True
) -> Grains:
    """All grains that may reach into a rectangle (left, right, bottom, top) and are wider than `finest_m`.

    With `whole` false, those far outside that only share a tile with it are left out.
    """
    tile_m = _SIZES_IN_TILE * batch.largest_m
    left, right, bottom, top = (
        math.floor((edge + side * batch.largest_m) / tile_m)
        for edge, side in zip(bounds_m, (-1, 1, -1, 1), strict=True)
    )
    # whole octaves, so that views of nearly the same width share their tiles
    finest = batch.smallest_m * 2 ** math.floor(math.log2(max(finest_m / batch.smallest_m, 1)))
    tiles = [
        _tile(batch, seed, column, row, finest) for row in range(bottom, top + 1) for column in range(left, right + 1)
    ]
    grains = Grains(
        np.concatenate([tile.x_m for tile in tiles]),
        np.concatenate([tile.y_m for tile in tiles]),
        np.concatenate([tile.radius_m for tile in tiles]),
        np.concatenate([tile.seed for tile in tiles]),
    )
    return grains if whole else _near(grains, bounds_m, batch.largest_m)


def _near(grains: Grains, bounds_m: tuple[float, float, float, float], margin_m: float) -> Grains:
    across = (grains.x_m > bounds_m[0] - margin_m) & (grains.x_m < bounds_m[1] + margin_m)
    near = across & (grains.y_m > bounds_m[2] - margin_m) & (grains.y_m < bounds_m[3] + margin_m)
    return Grains(grains.x_m[near], grains.y_m[near], grains.radius_m[near], grains.seed[near])


@lru_cache(maxsize=4096)
def _tile(batch: GrainBatch, seed: int, column: int, row: int, finest_m: float) -> Grains:
    """The grains whose centres lie in one tile, the largest first.

    Leaving out the finest ones does not move the others: each has its own stretch of the random numbers.
    """
    random = np.random.default_rng(mixed_seed(seed, column, row))
    side = _SIZES_IN_TILE * batch.largest_m
    radius = _disc_radii(batch, _COVERED * side**2, random)
    radius = radius[: max(int(np.searchsorted(-radius, -finest_m / 2)), 4)]
    looks = random.integers(0, 2**62, radius.size)
    random = np.random.default_rng(mixed_seed(seed, column, row, 1))
    place = _placed(random.random((radius.size, _TRIES, 2)) * side, radius)
    return Grains(place[:, 0] + column * side, place[:, 1] + row * side, radius, looks)


def _placed(tries: NDArray[np.float64], radius: NDArray[np.float64]) -> NDArray[np.float64]:
    """For each disc the first try that touches no disc before it, else the one that overlaps least.

    Args:
        tries: places, shape (discs, tries, 2).
        radius: of each disc.
    """
    across, up = np.ascontiguousarray(np.moveaxis(tries, 2, 0))
    room = np.full(across.shape, np.inf)
    place = np.empty((radius.size, 2))
    for index, own in enumerate(radius):
        free = room[index] >= 0
        chosen = int(free.argmax()) if free.any() else int(room[index].argmax())
        place[index] = x, y = across[index, chosen], up[index, chosen]
        # what a disc takes from all that come after it, at once
        apart, rise = across[index + 1 :] - x, up[index + 1 :] - y
        apart *= apart
        rise *= rise
        apart += rise
        apart -= ((radius[index + 1 :] + own) ** 2)[:, None]
        later = room[index + 1 :]
        np.minimum(later, apart, out=later)
    return place


def _disc_radii(batch: GrainBatch, area_m2: float, random: np.random.Generator) -> NDArray[np.float64]:
    """Radii of discs that fill an area, sizes log-normal by area within the sieves, the largest first."""
    quantiles = _log_sizes(batch)
    levels = np.linspace(0, 1, quantiles.size)
    mean_area = float(np.mean(np.pi / 4 * np.exp(2 * quantiles)))
    draws = random.random(math.ceil(2 * area_m2 / mean_area) + 8)
    radius = np.exp(np.interp(draws, levels, quantiles)) / 2
    count = int(np.searchsorted(np.cumsum(np.pi * radius**2), area_m2)) + 1
    return np.sort(radius[:count])[::-1]


@lru_cache
def _log_sizes(batch: GrainBatch) -> NDArray[np.float64]:
    """Logarithms of the diameters below which equal shares of the number of discs lie."""
    spread = math.log(batch.d90_m / batch.d10_m) / (2 * NormalDist().inv_cdf(0.9))
    # shares of area become numbers of discs: divide by d^2
    middle = math.log(batch.d50_m) - 2 * spread**2
    smallest, largest = math.log(batch.smallest_m), math.log(batch.largest_m)
    normal = NormalDist(middle, spread)
    low, high = normal.cdf(smallest), normal.cdf(largest)
    levels = np.linspace(0, 1, 513)
    return np.array([normal.inv_cdf(min(max(low + (high - low) * level, 1e-12), 1 - 1e-12)) for level in levels])
