"""Photons one by one, on a grid fixed in absolute time, so that it does not matter how often one looks."""

import math

import numpy as np
from numpy.typing import NDArray

from operando.simulators.world.scene_texture import mixed_seed

__all__ = ["counted_events"]

#: each stretch of this length draws its photons at once, whoever asks for which part of it
_STRETCH_S = 0.1


def counted_events(
    rates: NDArray[np.float64], whole_rate: float, dead_time_s: float, between_s: tuple[float, float], seed: int
) -> tuple[NDArray[np.uint32], int]:
    """Counts in each channel, and photons in all, between two times.

    The slow channel is not paralysable: of `in` photons per second it takes in / (1 + in * dead time).

    Args:
        rates: of each channel, 1/s.
        whole_rate: of all photons, in and out of the channels' range.
        dead_time_s: after each counted photon.
        between_s: half open interval.
        seed: of the detector.
    """
    counts = np.zeros(rates.size, np.uint32)
    in_range = float(rates.sum())
    whole_rate = max(whole_rate, in_range)
    if whole_rate <= 0:
        return counts, 0
    # the last entry is everything that no channel holds
    levels = np.cumsum(np.append(rates, whole_rate - in_range)) / whole_rate
    alive = 1 / (1 + whole_rate * dead_time_s)
    start_s, end_s = between_s
    seen = 0
    for stretch in range(math.floor(start_s / _STRETCH_S), math.ceil(end_s / _STRETCH_S)):
        random = np.random.default_rng(mixed_seed(seed, stretch))
        when, energy, luck = random.random((3, int(random.poisson(whole_rate * _STRETCH_S))))
        moment_s = (stretch + when) * _STRETCH_S
        here = (moment_s >= start_s) & (moment_s < end_s)
        seen += int(here.sum())
        channel = np.searchsorted(levels, energy[here & (luck < alive)], side="right")
        counts += np.bincount(channel, minlength=rates.size + 1)[: rates.size].astype(np.uint32)
    return counts, seen
