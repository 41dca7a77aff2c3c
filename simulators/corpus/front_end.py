"""What an EmStat4 HR would report of true voltages and currents: ranges, noise, quantisation, and what disturbs it.

Beside its own noise: a spike where it changes range, the microphonics of a stage that moves, and a small offset while
the beam charges a floating cell. How large these are is free.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from operando.simulators.potentiostats.ranges import CURRENT_RANGES
from operando.simulators.potentiostats.settings import EmStat4Settings

__all__ = ["Disturbances", "Surroundings", "reported"]

_COUNTS_PER_VOLT = 1.0e6
_LARGEST_SPIKE_V = 5.0e-3
_LARGEST_STAGE_NOISE_V = 2.0e-3
_LARGEST_OFFSET_V = 0.2e-3
_INNER_OHM = 170.0
"""By which a voltage that is induced shows as a current while a voltage is held."""

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """How noisy a bench is: noise of the voltage over that of the instrument alone, and how often the stage moves."""

    noise: float
    stage_every_s: float
    beam_share: float


@dataclass(frozen=True, slots=True)
class Disturbances:
    """Voltages that are induced, shape (n,), and whether a current was measured just after a change of range."""

    induced_V: Values
    spiked: NDArray[np.bool_]


def reported(
    voltage_V: Values,
    current_A: Values,
    held: NDArray[np.bool_],
    time_s: Values,
    surroundings: Surroundings,
    random: np.random.Generator,
) -> tuple[Values, Values]:
    """Voltage and current as the instrument reports them, each of shape (n,).

    Args:
        voltage_V: true voltage of each sample, and `current_A` the true current.
        held: whether the voltage was held: then what is induced shows in the current.
        time_s: of each sample.
        surroundings: of the bench.
        random: draws all noise.
    """
    settings = EmStat4Settings()
    nominal_A = np.array([current_range.nominal_A for current_range in CURRENT_RANGES])
    full_A = np.array([current_range.warning_A for current_range in CURRENT_RANGES])
    position = np.minimum(np.searchsorted(full_A, np.abs(current_A)), full_A.size - 1)
    found = _disturbances(time_s, position, surroundings, random)
    noise_V = surroundings.noise * settings.voltage_noise_V * random.standard_normal(time_s.size)
    noise_A = settings.current_noise_of_range * nominal_A[position] * random.standard_normal(time_s.size)
    noisy_V = voltage_V + noise_V + np.where(held, 0.0, found.induced_V)
    noisy_A = current_A + noise_A + np.where(held, found.induced_V / _INNER_OHM, 0.0)
    counts_per_A = 1.0e5 / nominal_A[position]
    return np.round(noisy_V * _COUNTS_PER_VOLT) / _COUNTS_PER_VOLT, np.round(noisy_A * counts_per_A) / counts_per_A


def _disturbances(
    time_s: Values, position: NDArray[np.int64], surroundings: Surroundings, random: np.random.Generator
) -> Disturbances:
    spiked = np.concatenate(([False], position[1:] != position[:-1]))
    # some changes of range come for no reason that the current tells
    spiked |= random.random(time_s.size) < 1.0 / 3600.0
    induced_V = np.where(spiked, random.uniform(-1.0, 1.0, time_s.size) * _LARGEST_SPIKE_V, 0.0)
    induced_V += _stage_noise(time_s, surroundings.stage_every_s, random)
    induced_V += _beam_offset(time_s, surroundings, random)
    return Disturbances(induced_V, spiked)


def _stage_noise(time_s: Values, every_s: float, random: np.random.Generator) -> Values:
    """Bursts of noise around zero while the stage moves, each of some seconds."""
    noise_V = np.zeros(time_s.size)
    moves_s = np.arange(time_s[0] + random.uniform(0.0, every_s), time_s[-1], every_s)
    for begin_s in moves_s + random.uniform(-5.0, 5.0, moves_s.size):
        window = slice(*np.searchsorted(time_s, (begin_s, begin_s + random.uniform(1.0, 6.0))))
        size = max(window.stop - window.start, 0)
        amplitude_V = random.uniform(0.1, 1.0) * _LARGEST_STAGE_NOISE_V
        noise_V[window] += amplitude_V * random.standard_normal(size)
    return noise_V


def _beam_offset(time_s: Values, surroundings: Surroundings, random: np.random.Generator) -> Values:
    """What the absorbed current of the beam adds while pictures are taken."""
    period_s = surroundings.stage_every_s
    phase = np.mod(time_s + random.uniform(0.0, period_s), period_s) / period_s
    offset_V = random.uniform(-1.0, 1.0) * _LARGEST_OFFSET_V
    return np.where(phase < surroundings.beam_share, offset_V, 0.0)
