"""Charging: now and then a line flashes where electrons have gathered, and the flash fades along the line."""

import numpy as np
from numpy.typing import NDArray

from operando.simulators.world.beam import BeamSettings
from operando.simulators.world.scene_texture import hashed_uniform, mixed_seed

__all__ = ["charged_lines"]

#: lines in a thousand that flash at 5 kV and 100 pA, how bright, and over which share of the line it fades (free)
_PER_MILLE, _BRIGHT, _FADES = 4.0, 0.16, 0.18
_MOST = 0.08


def charged_lines(signal: NDArray[np.float32], beam: BeamSettings, lines: range, seed: int) -> None:
    """Add the streaks to the secondary signal of some lines, in place; a line has the same ones in any portion.

    There are more of them the harder and the stronger the beam.
    """
    often = min(1e-3 * _PER_MILLE * beam.voltage_V / 5e3 * (beam.current_A / 1e-10) ** 0.5, _MOST)
    numbers = np.arange(lines.start, lines.stop)
    flashing = np.flatnonzero(hashed_uniform(mixed_seed(seed, 1), numbers) < often)
    width = signal.shape[1]
    for row in flashing:
        start, strength = hashed_uniform(mixed_seed(seed, int(numbers[row])), np.arange(2))
        first = int(start * width)
        fading = np.exp(-np.arange(width - first, dtype=np.float32) / np.float32(_FADES * width))
        signal[row, first:] *= 1 + np.float32(_BRIGHT * (2 * strength - 0.6)) * fading
