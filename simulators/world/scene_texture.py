"""Endless random textures: a value that belongs to each place, wherever one looks from and however closely."""

from collections.abc import Iterator
from functools import lru_cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

from operando.simulators.world.scene_raster import Raster

__all__ = ["hashed_normal", "hashed_uniform", "mixed_seed", "profile", "texture", "texture_at"]

_GOLDEN, _FIRST, _SECOND = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
_WORD = 0xFFFF_FFFF_FFFF_FFFF
_QUARTERS, _HALF = 0x0000_FFFF_0000_FFFF, 0xFFFF_FFFF


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
    # the four 16-bit parts of each word, added two at a time
    pairs = (state & np.uint64(_QUARTERS)) + ((state >> np.uint64(16)) & np.uint64(_QUARTERS))
    quarters = ((pairs & np.uint64(_HALF)) + (pairs >> np.uint64(32))).astype(np.float32)
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
    drawn = [octave for octave in range(octaves) if coarsest_m / 2**octave >= 2 * raster.spacing_m]
    if not drawn:
        return np.zeros(raster.shape, np.float32)
    finest_m = coarsest_m / 2 ** drawn[-1]
    node_x, taps_x = _taps(raster.x_m / finest_m)
    node_y, taps_y = _taps(raster.y_m / (finest_m * stretch))
    columns, rows = ((int(node.min()) - 1, int(node.max()) + 2) for node in (node_x, node_y))
    nodes = _summed_nodes(seed, columns, rows, drawn[-1], gain)
    nodes *= np.float32(1 / (_SPREAD * np.sqrt(sum(gain ** (2 * octave) for octave in range(octaves)))))
    across = _interpolated(nodes, node_x - columns[0], taps_x)
    return _interpolated(np.ascontiguousarray(across.T), node_y - rows[0], taps_y)


def texture_at(
    seed: int,
    x_m: NDArray[np.float64],
    y_m: NDArray[np.float64],
    coarsest_m: float,
    octaves: int,
    gain: float = 0.5,
    finest_m: float = 0.0,
) -> NDArray[np.float64]:
    """The same field as `texture` (not stretched, octaves down to `finest_m`) at scattered points; shape of `x_m`."""
    value = np.zeros(x_m.shape)
    for octave in range(octaves):
        wavelength_m = coarsest_m / 2**octave
        if wavelength_m < finest_m:
            break
        node_x, taps_x = _taps(x_m / wavelength_m)
        node_y, taps_y = _taps(y_m / wavelength_m)
        around = _hashed_about(mixed_seed(seed, octave), node_x, node_y)
        for (tap_x, tap_y), hashed in zip(product(taps_x, taps_y), around, strict=True):
            value += gain**octave * tap_x * tap_y * hashed / _SPREAD
    return value / float(np.sqrt(sum(gain ** (2 * octave) for octave in range(octaves))))


def _hashed_about(seed: int, node_x: NDArray[np.int64], node_y: NDArray[np.int64]) -> Iterator[NDArray[np.float32]]:
    """Numbers of the four by four nodes about each point, node by node: points that follow each other share theirs."""
    column, row = node_x.ravel(), node_y.ravel()
    new = np.ones(column.size, bool)
    new[1:] = (np.diff(column) != 0) | (np.diff(row) != 0)
    steps = np.arange(-1, 3)
    hashed = hashed_normal(seed, row[new] + np.tile(steps, 4)[:, None], column[new] + np.repeat(steps, 4)[:, None])
    which = (np.cumsum(new) - 1).reshape(node_x.shape)
    return (of_node[which] for of_node in hashed)


def profile(seed: int, x_m: NDArray[np.float64], coarsest_m: float, octaves: int, gain: float) -> NDArray[np.float64]:
    """The same along a line: shape of `x_m`, standard deviation of about 1."""
    value = np.zeros(x_m.shape)
    for octave in range(octaves):
        node, taps = _taps(x_m * (2**octave / coarsest_m))
        around = _hashed_around(mixed_seed(seed, octave), node)
        # point by point and not as a product of matrices: the value must not depend on the other points asked for
        for tap, hashed in zip(taps, around, strict=True):
            value += gain**octave * tap * hashed
    return np.asarray(value / np.sqrt(_SPREAD * sum(gain ** (2 * octave) for octave in range(octaves))))


#: mean variance of a cubic B-spline with independent unit-variance coefficients, per axis
_SPREAD = 151 / 315


def _hashed_around(seed: int, node: NDArray[np.int64]) -> list[NDArray[np.float32]]:
    """Numbers of the nodes from one before each to two after it."""
    first, last = (int(node.min()), int(node.max())) if node.size else (0, 0)
    if last - first > 4 * node.size:
        return [hashed_normal(seed, np.zeros_like(node), node + place) for place in range(-1, 3)]
    # points that lie close together share their nodes, and come again: in whole blocks, so that they are found
    begin, end = (first - 1) // _BLOCK * _BLOCK, ((last + 2) // _BLOCK + 1) * _BLOCK
    hashed = _hashed_between(seed, begin, end)
    return [hashed[node - begin + place] for place in range(-1, 3)]


_BLOCK = 64


@lru_cache(maxsize=1024)
def _hashed_between(seed: int, first: int, end: int) -> NDArray[np.float32]:
    """Numbers of all nodes of a stretch; those of the drift are asked for again and again. A few kB each."""
    every = np.arange(first, end)
    hashed = hashed_normal(seed, np.zeros_like(every), every)
    hashed.flags.writeable = False
    return hashed


def _summed_nodes(
    seed: int, columns: tuple[int, int], rows: tuple[int, int], finest: int, gain: float
) -> NDArray[np.float32]:
    """Coefficients of all octaves together on the lattice of the finest one, shape (columns, rows), bounds included.

    A cubic B-spline is one on a lattice twice as fine too: its octaves need not be interpolated one by one.
    """
    bounds = [(columns, rows)]
    for _ in range(finest):
        bounds.append(tuple((first // 2 - 1, last // 2 + 1) for first, last in bounds[-1]))  # type: ignore[arg-type]
    nodes = np.zeros((0, 0), np.float32)
    for octave, (across, up) in enumerate(reversed(bounds)):
        column, row = (np.arange(first, last + 1) for first, last in (across, up))
        own = np.float32(gain**octave) * hashed_normal(mixed_seed(seed, octave), row[None, :], column[:, None])
        if octave:
            coarse_across, coarse_up = bounds[finest - octave + 1]
            refined = _refined(nodes, coarse_across[0], across)
            own += _refined(np.ascontiguousarray(refined.T), coarse_up[0], up).T
        nodes = own
    return nodes


def _refined(nodes: NDArray[np.float32], first: int, wanted: tuple[int, int]) -> NDArray[np.float32]:
    """Coefficients on the lattice twice as fine, along the first axis, from the node `first` on (Lane and
    Riesenfeld 1980: 1, 6, 1 eighths on old nodes, halves between them)."""
    fine = np.empty((2 * len(nodes), nodes.shape[1]), np.float32)
    fine[2:-2:2] = np.float32(0.75) * nodes[1:-1]
    fine[2:-2:2] += np.float32(0.125) * (nodes[:-2] + nodes[2:])
    fine[1:-1:2] = np.float32(0.5) * (nodes[:-1] + nodes[1:])
    return fine[wanted[0] - 2 * first : wanted[1] - 2 * first + 1]


#: rows that are interpolated at once, so that they stay in the processor's cache
_ROWS_AT_ONCE = 64


def _interpolated(
    nodes: NDArray[np.float32], node: NDArray[np.int64], taps: tuple[NDArray[np.float64], ...]
) -> NDArray[np.float32]:
    """Along the first axis. Four products of whole rows: a product of matrices would wake every core."""
    value = np.empty((node.size, nodes.shape[1]), np.float32)
    weights = [tap.astype(np.float32)[:, None] for tap in taps]
    for start in range(0, node.size, _ROWS_AT_ONCE):
        part = slice(start, start + _ROWS_AT_ONCE)
        here = node[part]
        total = nodes[here - 1]
        total *= weights[0][part]
        for place, weight in enumerate(weights[1:]):
            product = nodes[here + place]
            product *= weight[part]
            total += product
        value[part] = total
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
