"""How noisy a signal is when nothing happens, from what it did lately."""

from collections import deque

import numpy as np
from numpy.typing import NDArray

__all__ = ["CHUNK", "Quietness", "jumps_of"]

CHUNK = 60
"""Samples that are judged together."""
_FEW = 3

Values = NDArray[np.float64]


class Quietness:
    """The median jump of a quiet signal, `|x[k] - 2 x[k-1] + x[k-2]|`: it knows no drift, and forgives bursts.

    Args:
        least: below this nothing is called noise.
        remembered: how many chunks are remembered.
        rank: 0.5 for the median of what is remembered, 0 for the quietest.
    """

    def __init__(self, least: float, remembered: int = 10, rank: float = 0.5) -> None:
        self._least = least
        self._rank = rank
        self._jumps: deque[float] = deque(maxlen=remembered)

    @property
    def known(self) -> bool:
        """Whether there is anything to compare with."""
        return bool(self._jumps)

    @property
    def jump(self) -> float:
        """What is usual; of the first few chunks the quietest, for they may not have been quiet."""
        jumps = sorted(self._jumps)
        if not jumps:
            return self._least
        usual = jumps[0] if len(jumps) < _FEW else jumps[int(self._rank * len(jumps))]
        return max(usual, self._least)

    def learn(self, chunk: Values) -> None:
        """Remember a chunk of the signal."""
        self._jumps.append(float(np.median(jumps_of(chunk))))


def jumps_of(values: Values) -> Values:
    """Magnitudes of the second differences along the last axis: two fewer than there are values."""
    return np.abs(values[..., 2:] - 2.0 * values[..., 1:-1] + values[..., :-2])
