"""Soft short: a filament that conducts a little and restlessly.

It shows in three ways, each of which is looked for: the magnitude of the voltage falls below the line it was on and
becomes restless (while a voltage is held: the current rises and becomes restless); it is restless for long; or a charge
does not get anywhere. A moving stage is restless but not lasting, a change of range is one sample, a relaxation is
smooth.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from operando.drivers.roles import OpenCircuit, Technique
from operando.protocols.detect.kept import StepSamples, hidden, is_driven, is_held
from operando.protocols.detect.level import BEFORE, RECENT, departures
from operando.protocols.detect.quietness import CHUNK, Quietness, jumps_of
from operando.protocols.triggers.detector import Detection
from operando.protocols.triggers.step_facts import StepFacts

__all__ = ["SoftShort", "SoftShortLimits"]

_LONG = 26
_SETTLES_S = 20.0
_FULL_CELL_V = 1.0
_HOUR_S = 3600.0

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SoftShortLimits:
    """What counts, in volt; while a voltage is held, in ampere.

    Args:
        falls: number of last samples that must all lie below the line, and by how much; few samples if it is far
            beyond what the surroundings do to the signal, more of them if it is not.
        least_jump: noise of the quietest instrument (median magnitude of second differences).
        lasting_jump: median jump of half a minute that no surroundings cause.
    """

    falls: tuple[tuple[int, float], ...]
    least_jump: float
    lasting_jump: float


VOLTAGE = SoftShortLimits(((4, 6.0e-3), (6, 2.5e-3), (10, 0.8e-3)), 2.0e-5, 0.5e-3)
CURRENT = SoftShortLimits(((4, 35.0e-6), (6, 15.0e-6), (10, 5.0e-6)), 1.0e-8, 3.0e-6)

_NOISE_OF_FALL = 6.0
"""How many median jumps all samples must have fallen by."""
_RESTLESS = 4.0
"""How many times its usual median jump a signal must jump to be called restless; half as much again if few jumps are
looked at."""
_FEW_SAMPLES, _RESTLESS_OF_FEW = 4, 1.5
_STILL_RESTLESS = 0.6
"""Share of a lasting restlessness with which a short goes on."""
_RESTLESS_OF_FALL = 0.15
"""Share of the fall that the jumps must reach: a step is not restless."""
_LASTING = 5.0
_MISFIT = 0.15
"""Share of a fall that the line may miss the samples before by; else something happened there already."""
_BENDS_WITHIN_S = 2.0
"""Where the signal is steep it bends, too: so many seconds of its slope are no fall."""
_CALM_S = 120.0
"""So long without restlessness, and the next short is another one."""
_RISE_V = 2.0e-3
"""By which a healthy cell rises in an hour of charge, at least."""


class SoftShort:
    """Finds soft shorts in the samples of any step but a spectrum. Scores are above a half."""

    def __init__(self) -> None:
        self._kept = StepSamples(BEFORE + RECENT - 1, _SETTLES_S)
        self._quiet = {True: Quietness(CURRENT.least_jump), False: Quietness(VOLTAGE.least_jump)}
        self._technique: Technique = OpenCircuit()
        self._signal: Values = np.empty(0)
        self._chunk: list[float] = []
        self._levels: deque[tuple[float, float]] = deque()
        self._restless_s: float | None = None

    def step_started(self, step: StepFacts) -> None:
        """A step has begun; how noisy the signals are is remembered from earlier steps."""
        self._technique = step.step.technique
        self._kept.begin(step.started_s)
        self._chunk = []
        self._levels.clear()

    def reading(self, quantity: str, name: str, time_s: float, value: float) -> Sequence[Detection]:
        """Gauges tell nothing about shorts."""
        del quantity, name, time_s, value
        return ()

    def samples(self, block: NDArray[np.void]) -> Sequence[Detection]:
        """What new samples show."""
        found: list[Detection] = []
        if hidden(self._technique):
            return found
        while block.size:
            # a chunk at a time: how noisy the signal is usually is the same for all its samples
            size = CHUNK - len(self._chunk)
            found += self._part(block[:size])
            block = block[size:]
        return found

    def _part(self, block: NDArray[np.void]) -> list[Detection]:
        new = self._kept.add(block)
        if not new:
            return []
        held = is_held(self._technique)
        signal = -self._kept.current_A if held else np.abs(self._kept.voltage_V)
        found = self._restless_fall(signal, new, held) if self._quiet[held].known else []
        self._chunk += signal[-new:].tolist()
        if len(self._chunk) == CHUNK:
            found += self._end_of_chunk(held)
        return found

    def _restless_fall(self, signal: Values, new: int, held: bool) -> list[Detection]:
        limits = CURRENT if held else VOLTAGE
        usual = self._quiet[held].jump
        times_s = self._kept.time_s
        excess = np.zeros(new)
        lasting = np.zeros(new)
        if signal.size >= BEFORE + RECENT:
            ways = _falls(times_s, signal, usual, limits)
            excess[new - ways.size :] = ways
        if signal.size >= _LONG:
            median = np.median(jumps_of(sliding_window_view(signal, _LONG)), axis=1)[-new:]
            lasting[new - median.size :] = median / max(_LASTING * usual, limits.lasting_jump)
        return self._judged(times_s[-new:], excess, lasting, usual, held)

    def _judged(self, times_s: Values, excess: Values, lasting: Values, usual: float, held: bool) -> list[Detection]:
        found = []
        for index in np.flatnonzero((excess >= 1.0) | (lasting >= _STILL_RESTLESS)):
            now = float(times_s[index])
            if self._restless_s is None:
                if max(excess[index], lasting[index]) < 1.0:
                    continue
                falls = excess[index] >= 1.0
                score = 1.0 - 0.5 / float(max(excess[index], lasting[index]))
                signal = "current rose" if held else "voltage fell"
                found.append(Detection(now, score, f"the {signal} and is restless" if falls else "restless for long"))
            self._restless_s = now
        return found

    def _end_of_chunk(self, held: bool) -> list[Detection]:
        chunk, self._chunk = np.array(self._chunk), []
        now, level_V = float(self._kept.time_s[-1]), float(np.median(chunk))
        if self._restless_s is None:
            self._quiet[held].learn(chunk)
        elif now - self._restless_s >= _CALM_S:
            self._restless_s = None
        charging = is_driven(self._technique) and self._kept.current_A[-1] > 0.0
        if self._restless_s is not None or not charging or level_V < _FULL_CELL_V:
            self._levels.clear()
            return []
        self._levels.append((now, level_V))
        while len(self._levels) > 1 and now - self._levels[1][0] >= _HOUR_S:
            self._levels.popleft()
        since_s, before_V = self._levels[0]
        if now - since_s < _HOUR_S or level_V - before_V >= _RISE_V:
            return []
        self._restless_s = now
        self._levels.clear()
        rise_mV = (level_V - before_V) * 1e3
        return [Detection(now, 0.75, f"an hour of charge raised the voltage by {rise_mV:.1f} mV")]


def _falls(time_s: Values, signal: Values, usual: float, limits: SoftShortLimits) -> Values:
    """For each sample with enough before it, by how many times it meets what a restless fall needs; 1 is enough."""
    departure = departures(time_s, signal)
    best = np.zeros(departure.line.size)
    for samples, least in limits.falls:
        fallen = -departure.away[:, -samples:]
        jumps = departure.jumps[:, -(samples - 2) :]
        few = samples <= _FEW_SAMPLES
        restless = jumps.max(axis=1) / _RESTLESS_OF_FEW if few else np.median(jumps, axis=1)
        needed = max(least, _NOISE_OF_FALL * usual) + _BENDS_WITHIN_S * np.abs(departure.slope)
        fall = fallen.min(axis=1) / needed
        unrest = restless / np.maximum(_RESTLESS * usual, _RESTLESS_OF_FALL * np.median(fallen, axis=1))
        straight = _MISFIT * np.median(fallen, axis=1) / np.maximum(departure.misfit, 1e-12)
        best = np.maximum(best, np.minimum(fall, np.minimum(unrest, straight)))
    return best
