"""Contact loss: under a current the voltage steps away from equilibrium and stays there, quietly.

A short of any kind lowers the magnitude of the voltage and is restless; a torn contact adds resistance, so the voltage
rises while charging and falls while discharging, by the current times the resistance, and stays as quiet as before.
"""

from collections.abc import Sequence

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from operando.drivers.roles import OpenCircuit, Technique
from operando.protocols.detect.kept import StepSamples, is_driven
from operando.protocols.detect.level import BEFORE, RECENT, departures
from operando.protocols.detect.quietness import CHUNK, Quietness, jumps_of
from operando.protocols.triggers.detector import Detection
from operando.protocols.triggers.step_facts import StepFacts

__all__ = ["ContactLoss"]

_SETTLES_S = 20.0
_LEAST_V = 1.2e-3
_LEAST_JUMP_V = 2.0e-5
_NOISE_OF_STEP = 4.0
"""How many median jumps the step must be above, by its median."""
_QUIET = 2.5
"""How many times its usual jump the voltage may jump after the step."""
_RESTLESS, _CALM_S = 4.0, 600.0
"""How many times its usual jump the voltage jumps during a short, and how long nothing is believed after that."""
_AT_ONCE = 0.5
"""Share of the step that its first half must already have: what creeps away is no tear."""
_MISFIT = 0.15
"""Share of a step that the line may miss the samples before by; else something happened there already."""
_BENDS_WITHIN_S = 2.0
"""Where the voltage is steep it bends, too: so many seconds of its slope are no step."""
_PAUSE_S = 120.0
_REMEMBERED, _RANK = 360, 0.25
"""Chunks of which the quieter ones are what is usual: a soft short of some hours must not become usual."""
_LARGEST_SHARE = 0.2
"""Share of the voltage of a full cell that a contact takes at most; what takes more is a short."""
_FULL_CELL_V = 1.0


class ContactLoss:
    """Finds contact that is torn while a current flows. Scores are above a half."""

    def __init__(self) -> None:
        self._kept = StepSamples(BEFORE + RECENT - 1, _SETTLES_S)
        self._quiet = Quietness(_LEAST_JUMP_V, _REMEMBERED, _RANK)
        self._technique: Technique = OpenCircuit()
        self._chunk: list[float] = []
        self._found_s = self._restless_s = -np.inf
        self._full_cell = False

    def step_started(self, step: StepFacts) -> None:
        """A step has begun; how noisy the voltage is is remembered from earlier steps."""
        self._technique = step.step.technique
        self._kept.begin(step.started_s)
        self._chunk = []

    def reading(self, quantity: str, name: str, time_s: float, value: float) -> Sequence[Detection]:
        """Gauges tell nothing about contact."""
        del quantity, name, time_s, value
        return ()

    def samples(self, block: NDArray[np.void]) -> Sequence[Detection]:
        """What new samples show."""
        found: list[Detection] = []
        while is_driven(self._technique) and block.size:
            size = CHUNK - len(self._chunk)
            found += self._part(block[:size])
            block = block[size:]
        return found

    def _part(self, block: NDArray[np.void]) -> list[Detection]:
        new = self._kept.add(block)
        if not new:
            return []
        # away from equilibrium is up
        signal = self._kept.voltage_V * np.sign(self._kept.current_A)
        found = self._stepped(signal) if self._quiet.known and signal.size >= BEFORE + RECENT else []
        self._chunk += signal[-new:].tolist()
        if len(self._chunk) == CHUNK:
            self._quiet.learn(np.array(self._chunk))
            self._full_cell |= float(np.median(np.abs(self._chunk))) > _FULL_CELL_V
            self._chunk = []
        return found

    def _stepped(self, signal: NDArray[np.float64]) -> list[Detection]:
        times_s, usual = self._kept.time_s, self._quiet.jump
        departure = departures(times_s, signal)
        away, half = departure.away, RECENT // 2
        step_V = np.median(away, axis=1)
        soon_V = np.median(away[:, :half], axis=1)
        needed_V = max(_LEAST_V, _NOISE_OF_STEP * usual) + _BENDS_WITHIN_S * np.abs(departure.slope)
        height = np.minimum(step_V, away.min(axis=1) / _AT_ONCE) / needed_V
        at_once = soon_V / np.maximum(step_V, _LEAST_JUMP_V) / _AT_ONCE
        before = np.median(jumps_of(sliding_window_view(signal, BEFORE + RECENT)[:, :BEFORE]), axis=1)
        jumps = np.maximum(np.median(departure.jumps, axis=1), before)
        quiet = _QUIET * usual / np.maximum(jumps, 1e-12)
        quiet[departure.misfit > _MISFIT * step_V] = 0.0
        quiet[self._since_restless_s(times_s[-before.size :], before > _RESTLESS * usual) < _CALM_S] = 0.0
        if self._full_cell:
            quiet[step_V > _LARGEST_SHARE * np.abs(departure.line)] = 0.0
            quiet[np.abs(departure.line) < _FULL_CELL_V] = 0.0
        strength = np.minimum(height, np.minimum(at_once, quiet))
        found = []
        for index in np.flatnonzero((height >= 1.0) & (at_once >= 1.0) & (quiet >= 1.0)):
            now = float(times_s[index - len(height)])
            if now - self._found_s >= _PAUSE_S:
                score = 1.0 - 0.5 / float(strength[index])
                detail = f"the voltage stepped away from equilibrium by {step_V[index] * 1e3:.1f} mV"
                found.append(Detection(now, score, detail))
            self._found_s = now
        return found

    def _since_restless_s(self, times_s: NDArray[np.float64], restless: NDArray[np.bool_]) -> NDArray[np.float64]:
        """For each sample how long ago the voltage was restless."""
        last_s = np.maximum.accumulate(np.maximum(np.where(restless, times_s, -np.inf), self._restless_s))
        self._restless_s = float(last_s[-1])
        return times_s - last_s
