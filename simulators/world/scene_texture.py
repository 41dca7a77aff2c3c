"""Endless random textures: a value that belongs to each place, wherever one looks from and however closely."""

import numpy as np
from numpy.typing import NDArray

from operando.simulators.world.scene_raster import Raster

__all__ = ["hashed_normal", "hashed_uniform", "mixed_seed", "profile", "texture", "texture_at"]

_GOLDEN, _FIRST, _SECOND = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
_WORD = 0xFFFF_FFFF_FFFF_FFFF


def mixed_seed(*parts: int) -> int:
    """One 63-bit seed from several whole numbers; every part counts."""
    state = 0
    for part in parts:
        state = ((state ^ part) + _GOLDEN) & _WORD
        state = ((state ^ (state >> 30)) * _FIRST) & _WORD
        state = ((state ^ (state >> 27)) * _SECOND) & _WORD
        state ^= state >> 31
    return state >> 1


def hashed_normal(seed: int, row: NDArray[np.int64], column: NDArray[np.int64]) -> NDArray[np.float32]:
    """About normally distributed numbers (mean 0, variance 1) that belong to the cells of an endless lattice."""
    state = _scrambled(row.astype(np.uint64) + _scrambled(column.astype(np.uint64) + np.uint64(seed)))
    quarters = sum(((state >> np.uint64(shift)) & np.uint64(0xFFFF)).astype(np.float32) for shift in (0, 16, 32, 48))
    # four uniform numbers: mean 2, variance 1/3
    return np.asarray((quarters / np.float32(65536) - 2) * np.float32(3**0.5), np.float32)


def hashed_uniform(seed: int, number: NDArray[np.int64]) -> NDArray[np.float64]:
    """Evenly distributed numbers between 0 and 1 that belong to whole numbers; shape of `number`."""
    state = _scrambled(number.astype(np.uint64) + np.uint64(seed))
    return np.asarray((state >> np.uint64(11)).astype(np.float64) * 2.0**-53)


def texture(
    seed: int, raster: Raster, coarsest_m: float, octaves: int, gain: float = 0.5, stretch: float = 1.0
) -> NDArray[np.float32]:
    """A random field of shape `raster.shape` with standard deviation of about 1.

    Octaves finer than two spacings of the raster are left out, so that a wide view of it is calm and not aliased.

    Args:
        seed: of this texture.
        raster: where.
        coarsest_m: wavelength of the first octave; each further one is half of the one before.
        octaves: how many.
        gain: amplitude of each octave over the one before.
        stretch: wavelengths in y over those in x.
    """
    field = np.zeros(raster.shape, np.float32)
    for octave in range(octaves):
        wavelength_m = coarsest_m / 2**octave
        if wavelength_m < 2 * raster.spacing_m:
            break
        field += np.float32(gain**octave) * _octave(mixed_seed(seed, octave), raster, wavelength_m, stretch)
    return field / np.float32(np.sqrt(sum(gain ** (2 * octave) for octave in range(octaves))))


def texture_at(
    seed: int, x_m: NDArray[np.float64], y_m: NDArray[np.float64], coarsest_m: float, octaves: int, gain: float = 0.5
) -> NDArray[np.float64]:
    """The same field as `texture` (not stretched, all octaves) at scattered points; shape of `x_m`."""
    value = np.zeros(x_m.shape)
    for octave in range(octaves):
        wavelength_m = coarsest_m / 2**octave
        node_x, taps_x = _taps(x_m / wavelength_m)
        node_y, taps_y = _taps(y_m / wavelength_m)
        own = mixed_seed(seed, octave)
        for step_x, tap_x in enumerate(taps_x, start=-1):
            for step_y, tap_y in enumerate(taps_y, start=-1):
                value += gain**octave * tap_x * tap_y * hashed_normal(own, node_y + step_y, node_x + step_x) / _SPREAD
    return value / float(np.sqrt(sum(gain ** (2 * octave) for octave in range(octaves))))


def profile(seed: int, x_m: NDArray[np.float64], coarsest_m: float, octaves: int, gain: float) -> NDArray[np.float64]:
    """The same along a line: shape of `x_m`, standard deviation of about 1."""
    value = np.zeros(x_m.shape)
    for octave in range(octaves):
        node, taps = _taps(x_m * (2**octave / coarsest_m))
        seed_of_octave = mixed_seed(seed, octave)
        # point by point and not as a product of matrices: the value must not depend on the other points asked for
        for place, tap in enumerate(taps, start=-1):
            value += gain**octave * tap * hashed_normal(seed_of_octave, np.zeros_like(node), node + place)
    return np.asarray(value / np.sqrt(_SPREAD * sum(gain ** (2 * octave) for octave in range(octaves))))


#: mean variance of a cubic B-spline with independent unit-variance coefficients, per axis
_SPREAD = 151 / 315


def _octave(seed: int, raster: Raster, wavelength_m: float, stretch: float) -> NDArray[np.float32]:
    node_x, taps_x = _taps(raster.x_m / wavelength_m)
    node_y, taps_y = _taps(raster.y_m / (wavelength_m * stretch))
    left, bottom = int(node_x.min()) - 1, int(node_y.min()) - 1
    column = np.arange(left, int(node_x.max()) + 3)
    row = np.arange(bottom, int(node_y.max()) + 3)
    nodes = hashed_normal(seed, row[None, :], column[:, None])
    across = _interpolated(nodes, node_x - left, taps_x)
    return _interpolated(np.ascontiguousarray(across.T), node_y - bottom, taps_y) / np.float32(_SPREAD)


def _interpolated(
    nodes: NDArray[np.float32], node: NDArray[np.int64], taps: tuple[NDArray[np.float64], ...]
) -> NDArray[np.float32]:
    """Along the first axis. Four products of whole rows: a product of matrices would wake every core."""
    value = np.zeros((node.size, nodes.shape[1]), np.float32)
    for place, tap in enumerate(taps, start=-1):
        value += nodes[node + place] * tap.astype(np.float32)[:, None]
    return value


def _taps(place: NDArray[np.float64]) -> tuple[NDArray[np.int64], tuple[NDArray[np.float64], ...]]:
    """The node before each place, and the weights of the nodes from one before that to two after it."""
    node = np.floor(place).astype(np.int64)
    part = place - node
    return node, (
        (1 - part) ** 3 / 6,
        (3 * part**3 - 6 * part**2 + 4) / 6,
        (-3 * part**3 + 3 * part**2 + 3 * part + 1) / 6,
        part**3 / 6,
    )


def _scrambled(state: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The finaliser of SplitMix64 (Steele, Lea, Flood 2014), as in `mixed_seed`."""
    state = state + np.uint64(_GOLDEN)
    state = (state ^ (state >> np.uint64(30))) * np.uint64(_FIRST)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(_SECOND)
    return state ^ (state >> np.uint64(31))
