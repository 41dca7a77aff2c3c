"""Triggers: turn the conditions of `when` into requests for captures. They never delay cycling."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from operando.drivers.clock import Clock
from operando.drivers.timeline import sleep_until
from operando.protocols.plan.words import condition_in_words
from operando.protocols.program import AfterEndOf, BeforeEndOf, Capture, Every, Program, Trigger
from operando.protocols.runner.cell_timeline import CellTimeline
from operando.protocols.runner.conditions import Watcher, watcher_of
from operando.protocols.runner.requests import CaptureRequest
from operando.protocols.runner.step_in_progress import StepInProgress

__all__ = ["Triggers"]

LEAD_MARGIN_S = 5.0
LEAD_FACTOR = 1.25
"""A capture before the end of a step starts so much earlier than it should take: better a little early than missed."""


class Triggers:
    """All triggers of a program."""

    def __init__(
        self,
        program: Program,
        clock: Clock,
        cell: CellTimeline,
        submit: Callable[[CaptureRequest], None],
        duration_s: Callable[[Capture], float],
    ) -> None:
        self._program = program
        self._clock = clock
        self._cell = cell
        self._submit = submit
        self._running: StepInProgress | None = None
        self._fired: set[int] = set()
        self._watchers: Sequence[tuple[int, Trigger, Watcher]] = [
            (index, trigger, watcher)
            for index, trigger in enumerate(program.triggers)
            if (watcher := watcher_of(trigger.condition, self._lead_s(trigger, duration_s))) is not None
        ]

    def step_started(self, running: StepInProgress) -> None:
        """A step has begun."""
        self._running = running
        for _, _, watcher in self._watchers:
            watcher.step_started(running)

    def step_ended(self, running: StepInProgress, time_s: float) -> None:
        """A step has ended by itself."""
        self._running = None
        for index, trigger in enumerate(self._program.triggers):
            if isinstance(trigger.condition, AfterEndOf) and trigger.condition.step == running.name:
                self._fire(index, trigger, time_s)

    def samples(self, block: NDArray[np.void]) -> None:
        """New samples of the running step."""
        running = self._running
        if running is None or not block.size:
            return
        for index, trigger, watcher in self._watchers:
            if not self._concerned(trigger, running):
                continue
            is_settled = block["time_s"] >= running.started_s + trigger.settled_s
            settled = block[is_settled]
            if settled.size < block.size:
                watcher.unsettled(block[~is_settled])
            if settled.size and (when := watcher.samples(settled, running, self._cell)) is not None:
                self._fire(index, trigger, when)

    async def follow_timers(self) -> None:
        """Take the captures that are due by time, until cancelled."""
        timers = [(i, t, t.condition) for i, t in enumerate(self._program.triggers) if isinstance(t.condition, Every)]
        if not timers:
            return
        started = self._clock.now()
        count = dict.fromkeys((index for index, _, _ in timers), 1)
        while True:
            # counted, not added up: no drift over a week
            due = {index: started + count[index] * condition.period_s for index, _, condition in timers}
            next_s = min(due.values())
            await sleep_until(self._clock, next_s)
            for index, trigger, _ in timers:
                if due[index] == next_s:
                    count[index] += 1
                    if self._may_fire_now(trigger, next_s):
                        self._fire(index, trigger, next_s)

    def _may_fire_now(self, trigger: Trigger, now: float) -> bool:
        running = self._running
        if not trigger.during and not trigger.settled_s:
            return True
        return (
            running is not None and self._concerned(trigger, running) and now >= running.started_s + trigger.settled_s
        )

    @staticmethod
    def _concerned(trigger: Trigger, running: StepInProgress) -> bool:
        return not trigger.during or running.name in trigger.during

    def _fire(self, index: int, trigger: Trigger, when: float) -> None:
        if trigger.once and index in self._fired:
            return
        self._fired.add(index)
        before_end = isinstance(trigger.condition, BeforeEndOf)
        self._submit(
            CaptureRequest(
                self._program.captures[trigger.capture],
                condition_in_words(trigger.condition),
                trigger.line,
                wanted_s=when,
                detected_s=self._clock.now(),
                start_within_s=trigger.start_within_s,
                priority=1 if before_end else 2,
            )
        )

    def _lead_s(self, trigger: Trigger, duration_s: Callable[[Capture], float]) -> float:
        return LEAD_FACTOR * duration_s(self._program.captures[trigger.capture]) + LEAD_MARGIN_S
