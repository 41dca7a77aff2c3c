"""Carries steps out on a 2400: the host reads and judges, the source keeps voltage and current within bounds.

Whatever becomes of the host, the cell is never driven past the sourced voltage, nor with more than the current
limit: a charge ends as a hold at its voltage, a discharge as a rest at its cut-off. Only the end itself, and the
maximum duration, need the host.
"""

import math
import re
from dataclasses import dataclass

from operando.drivers.clock import Clock
from operando.drivers.errors import DeviceFault, ProtocolError
from operando.drivers.potentiostats.keithley.event_queue import error_of
from operando.drivers.potentiostats.keithley.host_watch import NO_OUTPUT, told_by, why_host_ends
from operando.drivers.potentiostats.keithley.numbered_samples import NumberedSamples
from operando.drivers.potentiostats.keithley.reading import Reading, numbers
from operando.drivers.potentiostats.keithley.scpi_session import ScpiSession
from operando.drivers.potentiostats.keithley.source_settings_2400 import (
    first_difference,
    require_settings,
    settings_2400,
)
from operando.drivers.potentiostats.keithley.step_mark_2400 import mark_2400, require_mark
from operando.drivers.potentiostats.keithley.step_plan import StepPlan
from operando.drivers.potentiostats.keithley.step_samples import StepSamples
from operando.drivers.potentiostats.step_time import StepTime
from operando.drivers.roles import KnownOfStep, RunningStep, Samples, Step, StepEnd, StepEndReason

__all__ = ["StepRunner2400", "unturned"]

READINGS = re.compile(r"[-+0-9.Ee, ]+")
OFF_STATE = re.compile(r"NORM|HIMP|ZERO|GUAR")
READ_TIMEOUT_S = 1.0
TIME_TURNS_S = 1e5
"""The time of a reading has five digits before its point, so it may begin anew after more than a day."""
OVERDUE_S = 2.0
"""After the longest time of a step by our own clock it is ended without another reading."""
EARLY_S = 2e-3
"""A poll that is early by so little reads all the same."""


@dataclass(slots=True)
class _Running:
    step: Step
    plan: StepPlan
    samples: StepSamples
    time: StepTime
    begun_s: float
    """Run time at which the instrument's time was zero."""
    next_s: float
    """Run time of the next reading."""
    reason: StepEndReason | None = None
    """Why the host ends it; it has ended once the instrument says that its output is off."""


class StepRunner2400:
    """One step at a time. One caller at a time."""

    def __init__(self, session: ScpiSession, clock: Clock) -> None:
        self._session = session
        self._clock = clock
        self._collected = NumberedSamples()
        self._step: _Running | None = None
        self._end: StepEnd | None = None

    def start(self, step: Step, plan: StepPlan) -> None:
        """Set source and meter, prove that they are set, and switch the output on.

        Raises:
            ProtocolError: if the output is on already, or the instrument refuses something.
            ConfigMismatch: if a setting did not take effect.
        """
        session = self._session
        if session.ask_switch(":OUTP?"):
            raise ProtocolError("its output is on already", remedy="End what runs with end_step(), or by hand.")
        session.tell("*CLS", *settings_2400(plan), *mark_2400(step))
        session.require_no_complaint("the settings of the step")
        require_settings(session, plan)
        sent_s = self._clock.now()
        session.tell(":SYST:TIME:RES", ":OUTP ON")
        try:
            on = session.ask_switch(":OUTP?")
        finally:  # without an answer it may be on all the same, and somebody must end the step
            now = self._clock.now()
            time = StepTime(step.elapsed_before_s, sent_s, now)
            self._end, self._step = None, _Running(step, plan, StepSamples(step), time, sent_s, now)
        complaints = session.complaints()
        if complaints or not on:
            session.tell(":OUTP OFF")
            self._step = None
            if complaints:
                raise error_of(complaints, "the start of the step")
            raise ProtocolError("the output does not go on", remedy="Look at the interlock and at the instrument.")

    def poll(self) -> Samples:
        """Read once, if it is time to, and judge the reading."""
        running = self._step
        if running is not None and (running.reason is not None or self._clock.now() >= running.next_s - EARLY_S):
            self._follow(running)
        end, self._end = self._end, None
        return self._collected.take(end)

    def adopt(self, step: Step, plan: StepPlan, known: KnownOfStep) -> None:
        """Go on with a step that another process has started. What happened meanwhile is known by no one."""
        now = self._clock.now()
        time = StepTime(0.0, known.origin_s - known.uncertainty_s, known.origin_s + known.uncertainty_s)
        begun_s = known.origin_s + step.elapsed_before_s
        samples = StepSamples(step, known)
        samples.carry_on()
        self._end, self._step = None, _Running(step, plan, samples, time, begun_s, now)
        if not self._session.ask_switch(":OUTP?"):
            self._finish(self._step, StepEndReason.UNKNOWN, "the output is off, and nothing tells since when")
            return
        try:
            difference = first_difference(self._session, plan)
            if difference is not None:
                raise ProtocolError(f"it carries out another step: {difference}", remedy="End it by hand.")
            require_mark(self._session, step)
        except ProtocolError:
            self._step = None
            raise

    def end_by_host(self) -> None:
        """Switch the output off.

        Raises:
            DeviceFault: if it stays on.
        """
        if not self._is_off():
            raise _stays_on()

    def running(self) -> RunningStep | None:
        """What runs; a step that this process has not started has no number."""
        if not self._session.ask_switch(":OUTP?"):
            return None
        if self._step is None:
            return RunningStep(None, None, None)
        last = self._step.samples.last
        return RunningStep(
            self._step.step.number, None if last is None else last.elapsed_s, self._step.samples.charge_C
        )

    def confirm_off(self) -> bool:
        """Make safe; whether the instrument confirms that its output is off and its relay open."""
        self._session.tell(":OUTP:SMOD HIMP")
        return self._is_off() and self._session.ask(":OUTP:SMOD?", OFF_STATE) == "HIMP"

    def _is_off(self) -> bool:
        """Switch off; whether the output is off. A step that runs has ended then, and not before."""
        running = self._step
        if running is not None:
            running.reason = running.reason or StepEndReason.ENDED_BY_HOST
        self._session.tell(":OUTP OFF")
        off = not self._session.ask_switch(":OUTP?")
        if off and running is not None and running.reason is not None:
            self._finish(running, running.reason, NO_OUTPUT if running.reason is StepEndReason.FAULT else "")
        return off

    def _follow(self, running: _Running) -> None:
        if running.reason is not None:  # an order to go off that nobody has confirmed
            self.end_by_host()
            return
        if not self._session.ask_switch(":OUTP?"):  # READ? with the output off is answered by nothing (sheet 2.5)
            self._finish(running, StepEndReason.FAULT, "somebody has switched the output off")
            return
        asked_s = self._clock.now()
        if asked_s > running.begun_s + running.plan.longest_s + OVERDUE_S:  # whatever it would answer
            running.reason = running.plan.time_reason
            self.end_by_host()
            return
        row = numbers(self._session.ask(":READ?", READINGS, READ_TIMEOUT_S), 4)[0]
        elapsed_s = running.step.elapsed_before_s + unturned(row[2], asked_s - running.begun_s)
        reading = Reading(elapsed_s, row[0], row[1])
        time_s, uncertainty_s = running.time.arrived(elapsed_s, self._clock.now(), asked_s)
        self._collected.add(running.samples.add(reading, time_s, uncertainty_s))
        running.reason = self._why_it_ends(running, reading)
        if running.reason is not None:
            self.end_by_host()
            return
        remaining_s = running.step.elapsed_before_s + running.plan.longest_s - elapsed_s
        running.next_s = asked_s + min(running.plan.period_s, remaining_s)

    def _why_it_ends(self, running: _Running, reading: Reading) -> StepEndReason | None:
        step, plan = running.step, running.plan
        reason = told_by(plan, reading) or why_host_ends(step, plan, reading, running.samples.charge_C)
        if reason is not None:
            return reason
        passed_s = reading.elapsed_s - step.elapsed_before_s
        return plan.time_reason if passed_s >= plan.longest_s - EARLY_S else None

    def _finish(self, running: _Running, reason: StepEndReason, detail: str) -> None:
        self._collected.add(running.samples.finish())
        last = running.samples.last
        self._step = None
        self._end = StepEnd(
            step=running.step.number,
            reason=reason,
            time_s=self._clock.now() if last is None else running.time.of(last.elapsed_s)[0],
            elapsed_s=math.nan if last is None else last.elapsed_s,
            charge_C=running.samples.charge_C,
            detail=detail,
        )


def _stays_on() -> DeviceFault:
    return DeviceFault("its output stays on", remedy="Press the key OUTPUT of the instrument, or unplug the cell.")


def unturned(told_s: float, about_s: float) -> float:
    """The time of a reading that may have begun anew.

    Args:
        told_s: as the instrument says it.
        about_s: by our own clock, right to half a turn.
    """
    return told_s + TIME_TURNS_S * round((about_s - told_s) / TIME_TURNS_S)
