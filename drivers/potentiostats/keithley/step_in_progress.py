"""What is known of the step that a 2450 carries out, from its buffer and the state of its trigger model."""

import math
from dataclasses import dataclass

from operando.drivers.potentiostats.keithley.host_watch import NO_OUTPUT, told_by
from operando.drivers.potentiostats.keithley.reading import Reading
from operando.drivers.potentiostats.keithley.step_plan import StepPlan
from operando.drivers.potentiostats.keithley.step_samples import StepSamples
from operando.drivers.potentiostats.keithley.trigger_program import TriggerProgram
from operando.drivers.potentiostats.step_time import StepTime
from operando.drivers.roles import RunningStep, Step, StepEnd, StepEndReason

__all__ = ["StepInProgress"]


@dataclass(slots=True)
class StepInProgress:
    """A step under way.

    Args:
        step: as it was asked for.
        program: that carries it out.
        samples: of its readings so far.
        time: puts its elapsed time on our timeline.
        overdue_s: run time after which the host ends it, because the instrument should have.
        read: how many readings were fetched.
        asked_s: when the instrument was last asked how many there are, and had no more.
        late_before_s: readings of before this run time are late: nobody listened then.
        ended_by_host: whether somebody has told the host to end it; it may have ended before.
        reason: why the host has ended it by itself.
        detail: further words on that.
    """

    step: Step
    program: TriggerProgram
    samples: StepSamples
    time: StepTime
    overdue_s: float
    read: int = 0
    asked_s: float = -math.inf
    late_before_s: float = -math.inf
    ended_by_host: bool = False
    reason: StepEndReason | None = None
    detail: str = ""

    @property
    def plan(self) -> StepPlan:
        """In terms of source and meter."""
        return self.program.plan

    def running(self) -> RunningStep:
        """For the role."""
        last = self.samples.last
        return RunningStep(self.step.number, None if last is None else last.elapsed_s, self.samples.charge_C)

    def end(self, now: float) -> StepEnd:
        """For the role: the last reading tells why, as the instrument has judged it."""
        last = self.samples.last
        if last is None:
            reason = self.reason or (StepEndReason.ENDED_BY_HOST if self.ended_by_host else StepEndReason.NOT_STARTED)
            return StepEnd(self.step.number, reason, now, math.nan, self.samples.charge_C, self.detail)
        reason = self.reason or self._told_by(last)
        return StepEnd(
            step=self.step.number,
            reason=reason,
            time_s=self.time.of(last.elapsed_s)[0],
            elapsed_s=last.elapsed_s,
            charge_C=self.samples.charge_C,
            detail=self.detail or (NO_OUTPUT if reason is StepEndReason.FAULT else ""),
        )

    def _told_by(self, last: Reading) -> StepEndReason:
        reason = told_by(self.plan, last)
        if reason is not None:
            return reason
        if self.read >= self.program.readings:
            return self.plan.time_reason
        return StepEndReason.ENDED_BY_HOST if self.ended_by_host else StepEndReason.UNKNOWN
