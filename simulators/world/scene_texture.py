"""Endless random textures: a value that belongs to each place, wherever one looks from and however closely."""

import numpy as np
from numpy.typing import NDArray

from operando.simulators.world.scene_raster import Raster

__all__ = ["hashed_normal", "mixed_seed", "profile", "texture"]

_GOLDEN, _FIRST, _SECOND = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


def mixed_seed(*parts: int) -> int:
    """One 63-bit seed from several whole numbers; every part counts."""
    state = np.zeros((), np.uint64)
    for part in parts:
        state = np.asarray(_scrambled(state ^ np.uint64(part & 0xFFFF_FFFF_FFFF_FFFF)))
    return int(state) >> 1


def hashed_normal(seed: int, row: NDArray[np.int64], column: NDArray[np.int64]) -> NDArray[np.float32]:
    """About normally distributed numbers (mean 0, variance 1) that belong to the cells of an endless lattice."""
    state = _scrambled(row.astype(np.uint64) + _scrambled(column.astype(np.uint64) + np.uint64(seed)))
    quarters = sum(((state >> np.uint64(shift)) & np.uint64(0xFFFF)).astype(np.float32) for shift in (0, 16, 32, 48))
    # four uniform numbers: mean 2, variance 1/3
    return np.asarray((quarters / np.float32(65536) - 2) * np.float32(3**0.5), np.float32)


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


def profile(seed: int, x_m: NDArray[np.float64], coarsest_m: float, octaves: int, gain: float) -> NDArray[np.float64]:
    """The same along a line: shape of `x_m`, standard deviation of about 1."""
    value = np.zeros(x_m.shape)
    for octave in range(octaves):
        first, weights = _spline(x_m.ravel(), 2**octave / coarsest_m)
        column = np.arange(first, first + weights.shape[1])
        nodes = hashed_normal(mixed_seed(seed, octave), np.zeros_like(column), column)
        value += gain**octave * (weights @ nodes).reshape(x_m.shape) / _SPREAD**0.5
    return np.asarray(value / np.sqrt(sum(gain ** (2 * octave) for octave in range(octaves))))


#: mean variance of a cubic B-spline with independent unit-variance coefficients, per axis
_SPREAD = 151 / 315


def _octave(seed: int, raster: Raster, wavelength_m: float, stretch: float) -> NDArray[np.float32]:
    left, across = _spline(raster.x_m, 1 / wavelength_m)
    bottom, down = _spline(raster.y_m, 1 / (wavelength_m * stretch))
    row = np.arange(bottom, bottom + down.shape[1])[:, None]
    column = np.arange(left, left + across.shape[1])[None, :]
    nodes = hashed_normal(seed, row, column)
    return np.asarray(down @ nodes @ across.T / np.float32(_SPREAD), np.float32)


def _spline(place_m: NDArray[np.float64], nodes_per_m: float) -> tuple[int, NDArray[np.float32]]:
    """Cubic B-spline weights, shape (places, nodes), and the number of the first node."""
    place = place_m * nodes_per_m
    node = np.floor(place).astype(np.int64)
    fraction = place - node
    first = int(node.min()) - 1
    weights = np.zeros((place.size, int(node.max()) + 3 - first), np.float32)
    taps = (
        (1 - fraction) ** 3 / 6,
        (3 * fraction**3 - 6 * fraction**2 + 4) / 6,
        (-3 * fraction**3 + 3 * fraction**2 + 3 * fraction + 1) / 6,
        fraction**3 / 6,
    )
    for tap, weight in enumerate(taps):
        weights[np.arange(place.size), node - 1 - first + tap] = weight
    return first, weights


def _scrambled(state: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The finaliser of SplitMix64 (Steele, Lea, Flood 2014)."""
    with np.errstate(over="ignore"):
        state = state + _GOLDEN
        state = (state ^ (state >> np.uint64(30))) * _FIRST
        state = (state ^ (state >> np.uint64(27))) * _SECOND
        return state ^ (state >> np.uint64(31))
