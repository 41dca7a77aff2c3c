"""Triggers: turn the conditions of `when` into requests for captures. They never delay cycling.

What fires is decided by the evaluators of `operando.protocols.triggers`, which know nothing of the runner; here they
are fed with what happens, and every answer is recorded with its numbers, so that a finished record can be asked again.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray
from pydantic import JsonValue

from operando.drivers.clock import Clock
from operando.drivers.roles import Quality, Reading
from operando.drivers.timeline import wake_at
from operando.protocols.detect import SHIPPED
from operando.protocols.plan.words import condition_in_words
from operando.protocols.program import Capture, Program, Trigger
from operando.protocols.record import FrameRow, RunRecord
from operando.protocols.runner.event_past import EventPast
from operando.protocols.runner.requests import CaptureRequest
from operando.protocols.runner.step_in_progress import StepInProgress
from operando.protocols.trigger_conditions import At, BeforeEndOf, Every, Quantity, Source, alternatives_of, parts_of
from operando.protocols.triggers import Evaluator, Firing, Outcome, Ticks
from operando.protocols.triggers.impedance import HighestFrequency

__all__ = ["Triggers"]

LEAD_MARGIN_S = 5.0
LEAD_FACTOR = 1.25
"""A capture before the end of a step starts so much earlier than it should take: better a little early than missed."""

STILL_JUST_S = 10.0
"""A step may end sooner than predicted: what follows within two polls is taken all the same, its frames say when."""

SOURCE = "triggers"
QUANTITIES: Mapping[str, Quantity] = {"pressure": "pressure", "temperature": "temperature", "force": "force"}


class Triggers:
    """All triggers of a program.

    Args:
        program: with captures.
        clock: of the run.
        record: gets an event for everything that comes true, fired or not.
        submit: asks for a capture.
        duration_s: how long a capture takes, as far as it is known by now.
    """

    def __init__(
        self,
        program: Program,
        clock: Clock,
        record: RunRecord,
        submit: Callable[[CaptureRequest], None],
        duration_s: Callable[[Capture], float],
    ) -> None:
        self._program = program
        self._clock = clock
        self._record = record
        self._submit = submit
        self._duration_s = duration_s
        self._evaluators = [Evaluator(index, trigger, SHIPPED) for index, trigger in enumerate(program.triggers)]
        self._impedance = HighestFrequency()
        self._past = EventPast(program)
        self._running: StepInProgress | None = None
        self._left_s: dict[int, float] = {}
        """When each step was left, by its number."""
        if self._evaluators:
            self._note("watch", f"{len(self._evaluators)} triggers are watched from here on")

    def carry_on(self, events: Iterable[Mapping[str, JsonValue]]) -> None:
        """Go on after another process: what it fired counts for `once` and `at_most_every`.

        Args:
            events: of its record.
        """
        for event in events:
            if (event["source"], event["kind"]) == (SOURCE, str(Outcome.FIRED)):
                index, time_s = event["trigger"], event["sample_s"]
                assert isinstance(index, int) and isinstance(time_s, float)
                self._evaluators[index].fired_before(time_s)

    def step_started(self, running: StepInProgress) -> None:
        """A step has begun."""
        if not self._evaluators:
            return
        leads = {
            one.index: self._lead_s(one.trigger)
            for one in self._evaluators
            if any(isinstance(part, BeforeEndOf) and part.step == running.name for part in parts_of(one.condition))
        }
        self._note(
            "step begun",
            running.name,
            step=running.number,
            started_s=running.started_s,
            leads_s={str(index): lead_s for index, lead_s in leads.items()},
        )
        self._impedance.step_started()
        self._left(running.started_s)
        self._running = running
        for one in self._evaluators:
            self._answer(one, one.step_started(running, leads.get(one.index, math.nan)))

    def step_ended(self, running: StepInProgress, time_s: float) -> None:
        """A step has ended by itself."""
        if not self._evaluators:
            return
        self._note("step over", running.name, step=running.number, ended_s=time_s)
        self._left(time_s)
        for one in self._evaluators:
            self._answer(one, one.step_ended(running.name, time_s))

    def _left(self, time_s: float) -> None:
        if self._running is not None:
            self._left_s.setdefault(self._running.number, time_s)

    def _out_of_date(self, running: StepInProgress, now_s: float) -> str:
        """Why a picture just before the end of a step cannot be had any more; empty if it can."""
        gone_s = now_s - self._left_s.get(running.number, math.inf)
        return (
            f"{running.name} was over {gone_s:.0f} s before a picture of it could be taken"
            if gone_s > STILL_JUST_S
            else ""
        )

    def samples(self, block: NDArray[np.void]) -> None:
        """New samples of the running step."""
        if not block.size:
            return
        self._past.samples(block)
        ticks = Ticks.of_cell(block)
        for one in self._evaluators:
            if one.needs_samples:
                self._answer(one, one.samples(ticks))

    def impedance(self, points: NDArray[np.void]) -> None:
        """New points of an impedance spectrum, dtype IMPEDANCE_POINT."""
        for time_s, real_ohm in self._impedance.of(points):
            self._value(Source("impedance"), time_s, real_ohm)

    def reading(self, name: str, quantity: str, reading: Reading) -> None:
        """A reading of a gauge, thermometer or force sensor."""
        if quantity in QUANTITIES:
            value = reading.value if reading.quality is Quality.OK else math.nan
            self._value(Source(QUANTITIES[quantity], name), reading.end_s, value)

    def frames(self, rows: Sequence[FrameRow]) -> None:
        """A frame was recorded, one row for each detector: its region has had so much dose in all."""
        for row in rows:
            self._value(Source("dose", row.region), row.end_s, row.dose_C_per_m2)
        for capture, event_s, numbers in self._past.frames(rows):
            said = f"the last frames before the event at {event_s:.3f} s"
            self._note("frames kept", said, capture=capture.name, sample_s=event_s, frames=numbers)

    def over(self) -> None:
        """The last step has ended: nothing fires while the pictures of the end are taken."""
        if self._evaluators:
            self._note("watch over", "the last step has ended: nothing fires any more")
        self._evaluators.clear()

    async def follow_timers(self, started_s: float | None = None) -> None:
        """Take the captures that are due by time, until cancelled.

        Args:
            started_s: since when their time counts, if an earlier process has begun; what was due meanwhile is over.
        """
        now_s = self._clock.now()
        began_s = now_s if started_s is None else started_s
        due = [_Due(one, *timer, began_s, now_s) for one in self._evaluators for timer in one.timers]
        if not due:
            return
        if started_s is None:
            self._record.progress(now_s, "timers started")
        self._note("timers started", "times count from here on", started_s=began_s, from_s=now_s)
        while due := [timer for timer in due if math.isfinite(timer.next_s)]:
            next_s = min(timer.next_s for timer in due)
            await wake_at(self._clock, next_s)
            if not self._evaluators:
                return
            for timer in due:
                if timer.next_s == next_s:
                    timer.pass_by()
                    self._answer(timer.evaluator, timer.evaluator.timer(timer.alternative, next_s))

    def _value(self, source: Source, time_s: float, value: float) -> None:
        for one in self._evaluators:
            if one.wants(source):
                self._answer(one, one.value(time_s, source, value))

    def _answer(self, evaluator: Evaluator, firings: Sequence[Firing]) -> None:
        """Record what came true, and ask for the captures."""
        if not firings:
            return
        detected_s = self._clock.now()
        trigger = evaluator.trigger
        reason = condition_in_words(trigger.condition)
        for firing in firings:
            self._note(
                str(firing.outcome),
                f"{reason}: {firing.detail}" if firing.detail else reason,
                trigger=firing.trigger,
                line=trigger.line,
                capture=trigger.capture,
                sample_s=firing.time_s,
                value=firing.value,
            )
            if firing.outcome is Outcome.FIRED:
                self._keep(self._program.captures[trigger.capture], firing.time_s)
                self._ask(trigger, reason, firing, detected_s)

    def _keep(self, capture: Capture, event_s: float) -> None:
        """Name the samples that belong to an event; all of them are in the record already."""
        kept = self._past.samples_before(capture, event_s)
        if kept is not None and capture.before is not None:
            said = f"the samples of the {capture.before.samples_s:g} s before the event at {event_s:.3f} s"
            self._note("samples kept", said, capture=capture.name, sample_s=event_s, **kept)

    def _ask(self, trigger: Trigger, reason: str, firing: Firing, detected_s: float) -> None:
        before_end = any(isinstance(part, BeforeEndOf) for part in parts_of(trigger.condition))
        only_then = before_end and len(tuple(alternatives_of(trigger.condition))) == 1
        request = CaptureRequest(
            self._program.captures[trigger.capture],
            reason,
            trigger.line,
            wanted_s=firing.time_s,
            detected_s=detected_s,
            start_within_s=trigger.start_within_s,
            priority=1 if before_end else 2,
        )
        if only_then and self._running is not None:
            request.out_of_date = partial(self._out_of_date, self._running)
        self._submit(request)

    def _note(self, kind: str, message: str, **details: JsonValue) -> None:
        self._record.event(self._clock.now(), SOURCE, kind, message, **details)

    def _lead_s(self, trigger: Trigger) -> float:
        return LEAD_FACTOR * self._duration_s(self._program.captures[trigger.capture]) + LEAD_MARGIN_S


class _Due:
    """When a timer is due next: counted, not added up, so that it does not drift over a week."""

    def __init__(
        self, evaluator: Evaluator, alternative: int, moment: Every | At, started_s: float, now_s: float
    ) -> None:
        self.evaluator = evaluator
        self.alternative = alternative
        self._moment = moment
        self._started_s = started_s
        self._count = 1
        while self.next_s < now_s:
            self._count += 1

    @property
    def next_s(self) -> float:
        """Run time; infinity if it is not due any more."""
        if isinstance(self._moment, Every):
            return self._started_s + self._count * self._moment.period_s
        return self._started_s + self._moment.time_s if self._count == 1 else math.inf

    def pass_by(self) -> None:
        """It was due; the next time counts."""
        self._count += 1
