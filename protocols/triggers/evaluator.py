"""Follows one trigger: puts what arrives in the order of time, opens it in its steps, and says when it fires.

What arrives is told with the run time at which it is true. Samples come late (with the next poll), readings and timers
at once; where a condition needs both, readings and timers wait until the samples have passed them. So what fires
depends on the times alone: not on how samples are cut into blocks, and it is the same when a record is read again.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from operando.protocols.program import Trigger
from operando.protocols.trigger_conditions import (
    AfterEndOf,
    At,
    BeforeEndOf,
    ChargePassed,
    Condition,
    Detected,
    Every,
    Source,
    StartOf,
    alternatives_of,
    parts_of,
    values_of,
)
from operando.protocols.triggers.alternative import Alternative, Truth
from operando.protocols.triggers.detector import Detector
from operando.protocols.triggers.firing import Firing, Outcome
from operando.protocols.triggers.step_facts import PRE_FLIGHT, StepFacts
from operando.protocols.triggers.ticks import Ticks

__all__ = ["Evaluator"]


@dataclass(frozen=True, slots=True)
class _Waiting:
    """Values, or a timer of an alternative, that wait until the samples have passed their time."""

    time_s: float
    what: Ticks | int


class Evaluator:
    """One trigger.

    Args:
        index: of the trigger in `when`.
        trigger: of the program.
        detectors: makers of detectors, by name.
    """

    def __init__(self, index: int, trigger: Trigger, detectors: Mapping[str, Callable[[], Detector]]) -> None:
        self.index = index
        self._once = trigger.once or any(value.source.quantity == "dose" for value in values_of(trigger.condition))
        self.trigger = trigger
        self._alternatives = [Alternative(part, detectors) for part in alternatives_of(trigger.condition)]
        parts = tuple(parts_of(trigger.condition))
        self._sources = frozenset(value.source for value in values_of(trigger.condition))
        self._detects = any(isinstance(part, Detected) for part in parts)
        looks_at_samples = any(source.of_samples for source in self._sources) or any(
            isinstance(part, ChargePassed | BeforeEndOf | Detected) for part in parts
        )
        self._of_steps = bool(trigger.during) or trigger.settled_s > 0 or looks_at_samples
        self._anew_in_each_step = looks_at_samples
        of_values = any(source.of_samples for source in self._sources)
        self._open_between_steps = not (trigger.during or trigger.settled_s or of_values)
        self.needs_samples = self._of_steps and not all(isinstance(part, Every | At) for part in parts)
        """Whether samples concern it. Timers alone open and close with their steps, and wait for no sample."""
        self._running: StepFacts | None = None
        self._waiting: list[_Waiting] = []
        self._last_fired_s: float | None = None
        if not self._of_steps:
            for alternative in self._alternatives:
                alternative.arm(None, math.nan, anew=True)

    @property
    def timers(self) -> tuple[tuple[int, Every | At], ...]:
        """The alternatives that wait for a time."""
        moments = ((index, alternative.moment) for index, alternative in enumerate(self._alternatives))
        return tuple((index, moment) for index, moment in moments if isinstance(moment, Every | At))

    @property
    def condition(self) -> Condition:
        """What it waits for."""
        return self.trigger.condition

    def fired_before(self, time_s: float) -> None:
        """It fired at a time, under another process: that counts for `once` and `at_most_every`."""
        self._last_fired_s = time_s

    def wants(self, source: Source) -> bool:
        """Whether values of a source, other than the cell's samples, concern it."""
        return source in self._sources or self._detects

    def concerned(self, name: str) -> bool:
        """Whether it may fire in steps of that name; never in those that only look at the cell before the run."""
        if name.startswith(PRE_FLIGHT):
            return False
        return not self.trigger.during or name in self.trigger.during

    def step_started(self, step: StepFacts, lead_s: float = math.nan) -> list[Firing]:
        """A step has begun. `lead_s` is how long the capture takes, for `just_before_end_of`."""
        found = self._let_go(math.inf)
        self._running = step
        if self._of_steps and self.concerned(step.name):
            for alternative in self._alternatives:
                alternative.arm(step, lead_s, anew=self._anew_in_each_step)
        elif not self._of_steps:
            found += self._of_step(StartOf(step.name), step.started_s)
        return found

    def step_ended(self, name: str, time_s: float) -> list[Firing]:
        """A step has ended by itself, at a time that may be past."""
        found = [*self._let_go(time_s), *self._of_step(AfterEndOf(name), time_s)]
        self._running = None
        return [*found, *self._let_go(math.inf)]

    def samples(self, ticks: Ticks) -> list[Firing]:
        """Samples of the running step, in order."""
        found: list[Firing] = []
        begin = 0
        while self._waiting and ticks.size and self._waiting[0].time_s <= ticks.time_s[-1]:
            end = int(np.searchsorted(ticks.time_s, self._waiting[0].time_s))
            found += self._judge(ticks.part(begin, end))
            found += self._take(self._waiting.pop(0))
            begin = end
        return [*found, *self._judge(ticks.part(begin, ticks.size))]

    def value(self, time_s: float, source: Source, value: float) -> list[Firing]:
        """A value of a source other than the cell's samples, in order; NaN if it is not known."""
        return self._when_passed(_Waiting(time_s, Ticks.one(time_s, source, value)), waits=self.needs_samples)

    def timer(self, alternative: int, time_s: float) -> list[Firing]:
        """A timer is due."""
        return self._when_passed(_Waiting(time_s, alternative), waits=self.needs_samples)

    def _when_passed(self, waiting: "_Waiting", *, waits: bool) -> list[Firing]:
        if not waits or self._running is None:
            return self._take(waiting)
        self._waiting.append(waiting)
        self._waiting.sort(key=lambda one: one.time_s)
        return []

    def _let_go(self, until_s: float) -> list[Firing]:
        found: list[Firing] = []
        while self._waiting and self._waiting[0].time_s <= until_s:
            found += self._take(self._waiting.pop(0))
        return found

    def _take(self, waiting: "_Waiting") -> list[Firing]:
        if isinstance(waiting.what, Ticks):
            return self._judge(waiting.what)
        alternative = self._alternatives[waiting.what]
        if self._once and self._last_fired_s is not None:
            return []  # nothing has come true: the clock goes on, that is all
        if alternative.holds and self._is_open(waiting.time_s):
            return self._fire([Truth(waiting.time_s, alternative.value)])
        return []

    def _is_open(self, time_s: float) -> bool:
        running = self._running
        if not self._of_steps or (running is None and self._open_between_steps):
            return True
        return (
            running is not None
            and self.concerned(running.name)
            and time_s >= running.started_s + self.trigger.settled_s
        )

    def _judge(self, ticks: Ticks) -> list[Firing]:
        if not ticks.size:
            return []
        running = self._running
        if not self._of_steps:
            settled = 0
        elif running is None:
            settled = 0 if self._open_between_steps else ticks.size
        elif not self.concerned(running.name):
            if ticks.block is not None:
                return []
            settled = ticks.size
        else:
            settled = int(np.searchsorted(ticks.time_s, running.started_s + self.trigger.settled_s))
        truths: list[Truth] = []
        for alternative in self._alternatives:
            if settled:
                alternative.unsettled(ticks.part(0, settled))
            truths += alternative.over(ticks.part(settled, ticks.size))
        return self._fire(truths)

    def _of_step(self, moment: StartOf | AfterEndOf, time_s: float) -> list[Firing]:
        """The step itself has begun or ended."""
        truths = [Truth(time_s, way.value) for way in self._alternatives if way.moment == moment and way.holds]
        return self._fire(truths)

    def _fire(self, truths: list[Truth]) -> list[Firing]:
        return [self._firing(truth) for truth in sorted(truths, key=lambda truth: truth.time_s)]

    def _firing(self, truth: Truth) -> Firing:
        last_s, pause_s = self._last_fired_s, self.trigger.at_most_every_s
        outcome, detail = Outcome.FIRED, truth.detail
        if truth.already and self.trigger.if_already == "wait":
            outcome, detail = Outcome.ALREADY_TRUE, "it held when it was armed, and waits until it comes true again"
        elif last_s is not None and self._once:
            outcome, detail = Outcome.HELD_BACK, f"once: it fired at {last_s:.1f} s"
        elif last_s is not None and truth.time_s - last_s < pause_s:
            outcome, detail = Outcome.HELD_BACK, f"at most every {pause_s:g} s: it fired at {last_s:.1f} s"
        else:
            self._last_fired_s = truth.time_s
        return Firing(self.index, outcome, truth.time_s, truth.value, detail)
