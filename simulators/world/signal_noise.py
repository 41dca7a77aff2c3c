"""Shot noise of the detectors."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from operando.simulators.world.scene_texture import mixed_seed

__all__ = ["counted"]

_BANK = 1 << 21
#: below this many electrons in a pixel of unit signal the counts are drawn one by one
_FEW = 12.0
#: so that they stay in the processor's cache
_LINES_AT_ONCE = 64


def counted(
    signal: NDArray[np.float32], electrons: float, excess: float, lines: range, seed: int
) -> NDArray[np.float32]:
    """The signal as a detector counts it.

    Each line has random numbers of its own, so that it is the same in whatever portions a frame is read.

    Args:
        signal: noise-free, shape (len(lines), width); 1 is bulk argyrodite.
        electrons: that a pixel of signal 1 yields on average.
        excess: variance over that of Poisson's statistics (secondaries come in bunches).
        lines: numbers of the lines.
        seed: of this frame and detector.
    """
    if electrons <= 0:
        return np.zeros_like(signal)
    steps = electrons / excess
    if steps < _FEW:
        drawn = [
            np.random.default_rng(mixed_seed(seed, line)).poisson(np.maximum(row, 0) * steps)
            for line, row in zip(lines, signal, strict=True)
        ]
        return np.asarray(drawn, np.float32).reshape(signal.shape) / np.float32(steps)
    width, bank = signal.shape[1], _bank()
    # rows of normal numbers out of a bank, from a place that belongs to seed and line
    places = np.random.default_rng(seed).integers(0, _BANK - width, lines.stop)[lines.start :].tolist()
    half, quarter = np.float32(0.5 / steps**0.5), np.float32(0.25 / steps)
    counts = np.empty(signal.shape, np.float32)
    for place, row in zip(places, counts, strict=True):
        np.multiply(bank[place : place + width], half, out=row)
    for start in range(0, len(counts), _LINES_AT_ONCE):
        part = counts[start : start + _LINES_AT_ONCE]
        mean = np.maximum(signal[start : start + _LINES_AT_ONCE], 0)
        # (sqrt(n) + z/2)^2 - 1/4: the mean and variance of Poisson's law, never far below zero
        part += np.sqrt(mean, out=mean)
        part *= part
        part -= quarter
    return counts


@cache
def _bank() -> NDArray[np.float32]:
    """Drawing two million normal numbers once costs less than drawing one frame anew."""
    bank: NDArray[np.float32] = np.random.default_rng(20).standard_normal(_BANK, dtype=np.float32)
    bank.flags.writeable = False
    return bank
