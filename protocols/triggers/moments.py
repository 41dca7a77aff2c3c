"""Moments that the samples tell: a portion of charge has passed, the end of a step is near, a detector has seen it."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from operando.drivers.roles import SAMPLE
from operando.protocols.trigger_conditions import BeforeEndOf, ChargePassed, Condition, Detected, StartOf
from operando.protocols.triggers.detector import Detection, Detector
from operando.protocols.triggers.end_of_step import LOOK_BACK_S, look_again_after_s, remaining_s
from operando.protocols.triggers.step_facts import StepFacts
from operando.protocols.triggers.ticks import Ticks

__all__ = ["Happening", "MomentWatch", "moment_watch"]


@dataclass(frozen=True, slots=True)
class Happening:
    """A moment among the ticks: the index of its tick, its time, the value that made it so, and words about it."""

    index: int
    time_s: float
    value: float = math.nan
    detail: str = ""


class MomentWatch(Protocol):
    """Finds moments in the ticks of one step after the other."""

    def step_started(self, step: StepFacts, lead_s: float) -> None: ...

    def unsettled(self, ticks: Ticks) -> None:
        """Ticks that may be remembered, but at which nothing happens."""
        ...

    def over(self, ticks: Ticks) -> Iterator[Happening]:
        """What happens in these ticks, in order."""
        ...


def moment_watch(condition: Condition, detectors: Mapping[str, Callable[[], Detector]]) -> MomentWatch | None:
    """What finds a moment among ticks; None for those that are told otherwise: times, and ends of steps."""
    match condition:
        case BeforeEndOf():
            return _BeforeEnd(condition)
        case ChargePassed():
            return _Charge(condition)
        case StartOf():
            return _Start(condition)
        case Detected(name):
            return _Detector(detectors[name]())
    return None


class _Start:
    """The first tick of a step that counts."""

    def __init__(self, condition: StartOf) -> None:
        self._step = condition.step
        self._armed = False

    def step_started(self, step: StepFacts, lead_s: float) -> None:
        self._armed = step.name == self._step

    def unsettled(self, ticks: Ticks) -> None:
        del ticks

    def over(self, ticks: Ticks) -> Iterator[Happening]:
        if self._armed and ticks.size:
            self._armed = False
            yield Happening(0, float(ticks.time_s[0]))


class _Charge:
    """Each time that a portion of charge has passed in a step; portions before it has settled count at once then.

    What had passed by the first sample is past: another process saw it, or an earlier part of the step.
    """

    def __init__(self, condition: ChargePassed) -> None:
        self._portion_C = condition.every_C
        self._portions: float | None = None

    def step_started(self, step: StepFacts, lead_s: float) -> None:
        self._portions = None

    def unsettled(self, ticks: Ticks) -> None:
        if self._portions is None and ticks.block is not None and ticks.size:
            self._portions = float(self._passed(ticks.block)[0])

    def over(self, ticks: Ticks) -> Iterator[Happening]:
        if ticks.block is None or not ticks.size:
            return
        portions = np.maximum.accumulate(self._passed(ticks.block))
        known = portions[0] if self._portions is None else self._portions
        before = np.maximum(np.concatenate(([known], portions[:-1])), known)
        for index in np.flatnonzero(portions > before):
            yield Happening(int(index), float(ticks.time_s[index]), float(ticks.block["charge_C"][index]))
        self._portions = float(max(known, portions[-1]))

    def _passed(self, block: NDArray[np.void]) -> NDArray[np.float64]:
        portions: NDArray[np.float64] = np.floor(np.abs(block["charge_C"]) / self._portion_C * (1 + 1e-12))
        return np.nan_to_num(portions)


class _BeforeEnd:
    """Once in each step, when what remains is what the capture takes. Predicted at the samples, never at the polls."""

    def __init__(self, condition: BeforeEndOf) -> None:
        self._step = condition.step
        self._running: StepFacts | None = None

    def step_started(self, step: StepFacts, lead_s: float) -> None:
        self._running = step if step.name == self._step else None
        self._lead_s = lead_s
        self._past = np.empty(0, dtype=SAMPLE)
        self._end_s, self._look_again_s = math.inf, -math.inf

    def unsettled(self, ticks: Ticks) -> None:
        self._remember(ticks)

    def over(self, ticks: Ticks) -> Iterator[Happening]:
        if self._running is None or ticks.block is None:
            return
        begin = self._past.size
        self._remember(ticks)
        samples, times = self._past, self._past["time_s"]
        at = begin
        while at < samples.size:
            now_s = float(times[at])
            if now_s >= self._look_again_s:
                recent = samples[np.searchsorted(times, now_s - LOOK_BACK_S) : at + 1]
                remaining = remaining_s(self._running, recent)
                self._end_s, self._look_again_s = now_s + remaining, now_s + look_again_after_s(remaining)
            if now_s >= self._end_s - self._lead_s:
                self._running = None
                yield Happening(at - begin, now_s, self._end_s - now_s, f"predicted to end at {self._end_s:.1f} s")
                return
            next_s = min(self._end_s - self._lead_s, self._look_again_s)
            at = max(at + 1, int(np.searchsorted(times, next_s)))
        self._past = samples[np.searchsorted(times, times[-1] - LOOK_BACK_S) :] if samples.size else samples

    def _remember(self, ticks: Ticks) -> None:
        if self._running is not None and ticks.block is not None:
            self._past = np.concatenate((self._past, ticks.block))


class _Detector:
    """A detector's own judgement."""

    def __init__(self, detector: Detector) -> None:
        self._detector = detector

    def step_started(self, step: StepFacts, lead_s: float) -> None:
        self._detector.step_started(step)

    def unsettled(self, ticks: Ticks) -> None:
        list(self._detections(ticks))

    def over(self, ticks: Ticks) -> Iterator[Happening]:
        for found in self._detections(ticks):
            index = min(int(np.searchsorted(ticks.time_s, found.time_s)), ticks.size - 1)
            yield Happening(index, found.time_s, found.score, found.detail)

    def _detections(self, ticks: Ticks) -> Iterator[Detection]:
        if ticks.block is not None:
            yield from self._detector.samples(ticks.block)
        elif ticks.source is not None and ticks.values is not None:
            for time_s, value in zip(ticks.time_s, ticks.values, strict=True):
                source = ticks.source
                yield from self._detector.reading(source.quantity, source.name, float(time_s), float(value))
