"""Hard short: the voltage collapses at once to a small share of what it was, and stays there.

A cell of some hundred ohm that is bridged by ten keeps less than a tenth of its voltage.
"""

from collections.abc import Sequence

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from operando.drivers.roles import OpenCircuit, Technique
from operando.protocols.detect.kept import StepSamples, hidden
from operando.protocols.triggers.detector import Detection
from operando.protocols.triggers.step_facts import StepFacts

__all__ = ["HardShort"]

_BEFORE, _LAST = 30, 3
_LEFT = 0.15
"""Share of the voltage that a collapse leaves, at most."""
_WORTH_V = 5.0e-3
"""A voltage below this has nowhere to fall to."""
_FULL_CELL_V = 1.0
_RECOVERED = 0.5


class HardShort:
    """Finds hard shorts in the samples of any step but a spectrum. Scores are above a half."""

    def __init__(self) -> None:
        self._kept = StepSamples(_BEFORE + _LAST - 1, 0.0)
        self._technique: Technique = OpenCircuit()
        self._level_V = 0.0
        """What a full cell had before this step."""
        self._shorted_from_V = 0.0

    def step_started(self, step: StepFacts) -> None:
        """A step has begun. A full cell does not lose its voltage by that; a symmetric one does."""
        if self._kept.voltage_V.size >= _LAST and not self._shorted_from_V:
            last_V = float(np.median(np.abs(self._kept.voltage_V[-_LAST:])))
            self._level_V = last_V if last_V > _FULL_CELL_V else self._level_V
        self._technique = step.step.technique
        self._kept.begin(step.started_s)

    def reading(self, quantity: str, name: str, time_s: float, value: float) -> Sequence[Detection]:
        """Gauges tell nothing about shorts."""
        del quantity, name, time_s, value
        return ()

    def samples(self, block: NDArray[np.void]) -> Sequence[Detection]:
        """What new samples show."""
        if hidden(self._technique) or not (new := self._kept.add(block)):
            return []
        magnitude_V = np.abs(self._kept.voltage_V)
        # before the first sample of a step stands what the cell had before it
        missing = max(_BEFORE + _LAST - 1 + new - magnitude_V.size, 0)
        padded_V = np.concatenate((np.full(missing, self._level_V), magnitude_V))
        windows = sliding_window_view(padded_V[-(_BEFORE + _LAST - 1 + new) :], _BEFORE + _LAST)
        before_V, last_V = np.median(windows[:, :_BEFORE], axis=1), windows[:, _BEFORE:].max(axis=1)
        found = []
        for index, now in enumerate(self._kept.time_s[-new:]):
            if self._shorted_from_V:
                if windows[index, -1] > _RECOVERED * self._shorted_from_V:
                    self._shorted_from_V = 0.0
            elif before_V[index] >= _WORTH_V and last_V[index] <= _LEFT * before_V[index]:
                self._shorted_from_V = float(before_V[index])
                share = float(last_V[index] / before_V[index])
                score = 1.0 - 0.5 * share / _LEFT
                detail = f"the voltage fell from {before_V[index]:.3f} V to {last_V[index]:.3f} V"
                found.append(Detection(float(now), score, detail))
        return found
