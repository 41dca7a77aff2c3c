"""The NMC particles of the composite: where they lie and how deep inside one a point is."""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from operando.simulators.world.scene_layout import StackLayout
from operando.simulators.world.scene_raster import Raster
from operando.simulators.world.scene_texture import mixed_seed

__all__ = ["Particles", "depth_in_particles", "particles_between"]

#: NMC's share of the area and its sizes (sheet "The simulated cell", 1.7: disks, log-normal radius 2.5 um, 55 % area)
_AREA_SHARE = 0.55
_MEDIAN_RADIUS_M, _SPREAD, _SMALLEST_M, _LARGEST_M = 2.5e-6, 0.38, 0.7e-6, 5.5e-6
_SLAB_M = 24e-6
_TRIES = 400
_HARMONICS = 4


@dataclass(frozen=True, slots=True, eq=False)
class Particles:
    """Nearly round particles: r(angle) = radius * (1 + sum of bulges[k] * cos((k + 2) * angle + phases[k])).

    Args:
        x_m: centres, and `y_m`; shape (particles,).
        radius_m: mean radii.
        bulges: shape (particles, harmonics); `phases` alike.
    """

    x_m: NDArray[np.float64]
    y_m: NDArray[np.float64]
    radius_m: NDArray[np.float64]
    bulges: NDArray[np.float64]
    phases: NDArray[np.float64]

    @property
    def name(self) -> NDArray[np.int64]:
        """A number of each particle's own, whatever else is in view: where it lies, in nanometres."""
        return np.round(self.x_m * 1e9).astype(np.int64)


def particles_between(layout: StackLayout, seed: int, left_m: float, right_m: float) -> Particles:
    """All particles that may reach between two x. The layer is cut into slabs that seed their own generators."""
    first, last = (math.floor(edge / _SLAB_M) for edge in (left_m - 1.3 * _LARGEST_M, right_m + 1.3 * _LARGEST_M))
    slabs = [_slab(layout, seed, number) for number in range(first, last + 1)]
    return _joined(slabs)


def depth_in_particles(particles: Particles, raster: Raster) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Depth below the nearest particle's edge (metres, negative outside, at least -3 um) and that particle's number."""
    depth = np.full(raster.shape, -3e-6, np.float32)
    owner = np.full(raster.shape, -1, np.int64)
    falling_y = raster.y_m[0] > raster.y_m[-1]
    upwards = raster.y_m[::-1] if falling_y else raster.y_m
    reach_m = 1.3 * particles.radius_m + 3e-6
    left, right = (np.searchsorted(raster.x_m, particles.x_m + side * reach_m) for side in (-1, 1))
    low, high = (np.searchsorted(upwards, particles.y_m + side * reach_m) for side in (-1, 1))
    if falling_y:
        low, high = upwards.size - high, upwards.size - low
    for number in np.flatnonzero((left < right) & (low < high)).tolist():
        window = (slice(low[number], high[number]), slice(left[number], right[number]))
        inside = _depth(particles, number, raster.x_m[window[1]], raster.y_m[window[0]])
        nearer = inside > depth[window]
        depth[window] = np.where(nearer, inside, depth[window])
        owner[window] = np.where(nearer, number, owner[window])
    return depth, owner


def _depth(
    particles: Particles, number: int, x_m: NDArray[np.float64], y_m: NDArray[np.float64]
) -> NDArray[np.float32]:
    dx = (x_m - particles.x_m[number]).astype(np.float32)[None, :]
    dy = (y_m - particles.y_m[number]).astype(np.float32)[:, None]
    angle = np.arctan2(dy, dx)
    rim = np.ones_like(angle)
    for order in range(_HARMONICS):
        rim += np.float32(particles.bulges[number, order]) * np.cos(
            np.float32(order + 2) * angle + np.float32(particles.phases[number, order])
        )
    return np.asarray(np.float32(particles.radius_m[number]) * rim - np.hypot(dx, dy), np.float32)


@lru_cache(maxsize=512)
def _slab(layout: StackLayout, seed: int, number: int) -> Particles:
    """The particles whose centres lie in one slab. Odd slabs are filled around their even neighbours."""
    random = np.random.default_rng(mixed_seed(seed, number))
    height = layout.composite_top_m - layout.collector_top_m
    radius = np.sort(_radii(_AREA_SHARE * height * _SLAB_M, random))[::-1]
    around = _joined([_slab(layout, seed, number - 1), _slab(layout, seed, number + 1)]) if number % 2 else None
    x_m, y_m, size = (around.x_m, around.y_m, around.radius_m) if around else (np.empty(0), np.empty(0), np.empty(0))
    there = x_m.size
    for own in radius:
        tries_x = (number + random.random(_TRIES)) * _SLAB_M
        tries_y = layout.collector_top_m + own + random.random(_TRIES) * (height - 2 * own)
        best = 0
        if x_m.size:
            apart = np.hypot(tries_x[:, None] - x_m, tries_y[:, None] - y_m)
            room = (apart - size).min(axis=1) - 1.03 * own
            free = np.flatnonzero(room >= 0)
            best = int(free[0] if free.size else room.argmax())
        x_m, y_m, size = np.append(x_m, tries_x[best]), np.append(y_m, tries_y[best]), np.append(size, own)
    count = radius.size
    bulges = random.normal(0, 0.035, (count, _HARMONICS)) / np.arange(1, _HARMONICS + 1) ** 0.5
    phases = random.uniform(0, 2 * np.pi, (count, _HARMONICS))
    return Particles(x_m[there:], y_m[there:], size[there:], bulges, phases)


def _radii(area_m2: float, random: np.random.Generator) -> NDArray[np.float64]:
    """Log-normal radii of discs that fill an area."""
    draws = _MEDIAN_RADIUS_M * np.exp(_SPREAD * random.standard_normal(400))
    draws = draws[(draws > _SMALLEST_M) & (draws < _LARGEST_M)]
    return np.asarray(draws[: int(np.searchsorted(np.cumsum(np.pi * draws**2), area_m2))])


def _joined(parts: list[Particles]) -> Particles:
    return Particles(
        np.concatenate([part.x_m for part in parts]),
        np.concatenate([part.y_m for part in parts]),
        np.concatenate([part.radius_m for part in parts]),
        np.concatenate([part.bulges for part in parts]),
        np.concatenate([part.phases for part in parts]),
    )
