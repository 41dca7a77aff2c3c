"""Blocks of samples for tests."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from operando.drivers.roles import SAMPLE

__all__ = ["sample_block"]


def sample_block(
    times_s: ArrayLike,
    voltage_V: ArrayLike,
    *,
    current_A: ArrayLike = 0.0,
    charge_C: ArrayLike = 0.0,
    step: int = 1,
    cycle: int = 1,
    quality: ArrayLike = 0,
    started_s: float = 0.0,
) -> NDArray[np.void]:
    """A block of dtype SAMPLE; scalars hold for every sample."""
    times = np.asarray(times_s, dtype=float)
    block = np.zeros(times.size, dtype=SAMPLE)
    block["sequence"] = np.arange(times.size)
    block["time_s"] = times
    block["elapsed_s"] = times - started_s
    block["voltage_V"] = voltage_V
    block["current_A"] = current_A
    block["charge_C"] = charge_C
    block["step"] = step
    block["cycle"] = cycle
    block["quality"] = quality
    return block
