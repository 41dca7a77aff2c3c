"""What is done to the cells of the corpus: half cycles, holds, pulses, rests and spectra in changing order."""

from dataclasses import dataclass

import numpy as np

from operando.simulators.corpus.experiment import Experiment

__all__ = ["Programme", "play_full", "play_symmetric"]

_HOUR_S = 3600.0
_FULL_WINDOW_V = (3.0, 4.2)
_SYMMETRIC_WINDOW_V = (-0.6, 0.6)


@dataclass(frozen=True, slots=True)
class Programme:
    """How an experiment goes: its current, its end, and the share of spectra that are reported as samples."""

    current_A: float
    until_s: float
    sampled_spectra: float


def play_full(experiment: Experiment, programme: Programme, random: np.random.Generator) -> None:
    """Half cycles of a full cell, with holds, pulses, rests and spectra, until it is time."""
    charging = bool(random.random() < 0.5)
    while experiment.now_s < programme.until_s:
        current_A = programme.current_A if charging else -programme.current_A
        if random.random() < 0.25:
            _pulses(experiment, current_A, random, _FULL_WINDOW_V)
        else:
            name = "charge" if charging else "discharge"
            experiment.drive(name, current_A, float(round(random.uniform(0.7, 5.0) * _HOUR_S)), _FULL_WINDOW_V)
            if charging and random.random() < 0.4:
                experiment.hold(experiment.voltage_V[-1], float(round(random.uniform(0.2, 1.5) * _HOUR_S)))
        _between(experiment, programme, random)
        charging = charging if random.random() < 0.2 else not charging


def play_symmetric(experiment: Experiment, programme: Programme, random: np.random.Generator) -> None:
    """Lithium from one side to the other and back, with rests and spectra, until it is time."""
    sign = 1.0
    while experiment.now_s < programme.until_s:
        duration_s = float(round(random.uniform(0.3, 2.0) * _HOUR_S))
        experiment.drive("plate", sign * programme.current_A, duration_s, _SYMMETRIC_WINDOW_V)
        if random.random() < 0.4:
            _between(experiment, programme, random)
        sign = -sign


def _pulses(
    experiment: Experiment, current_A: float, random: np.random.Generator, window_V: tuple[float, float]
) -> None:
    """Currents of some minutes with rests in between, as in a titration; some reverse."""
    for number in range(int(random.integers(3, 8))):
        reversed_A = -current_A if number % 3 == 2 else current_A
        experiment.drive("pulse", reversed_A, float(random.integers(120, 900)), window_V)
        experiment.rest(float(random.integers(120, 900)))


def _between(experiment: Experiment, programme: Programme, random: np.random.Generator) -> None:
    """A rest, perhaps with a spectrum in it; or nothing, so that the current reverses at once."""
    if random.random() < 0.3:
        return
    experiment.rest(float(random.integers(120, 5400)))
    if random.random() < 0.5:
        experiment.impedance(float(random.integers(60, 180)), sampled=bool(random.random() < programme.sampled_spectra))
        experiment.rest(float(random.integers(60, 600)))
