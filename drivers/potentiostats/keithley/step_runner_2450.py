"""Carries steps out on a 2450: loads the trigger model, follows its buffer, and finds out how a step ended."""

import math
import re

from operando.drivers.clock import Clock
from operando.drivers.clock_relation import LARGEST_RATE_ERROR
from operando.drivers.errors import DeviceFault, ProtocolError
from operando.drivers.potentiostats.keithley.event_queue import BUFFER_EXISTS, error_of
from operando.drivers.potentiostats.keithley.host_watch import why_host_ends
from operando.drivers.potentiostats.keithley.numbered_samples import NumberedSamples
from operando.drivers.potentiostats.keithley.reading import Reading, numbers
from operando.drivers.potentiostats.keithley.scpi_session import NUMBER, ScpiSession
from operando.drivers.potentiostats.keithley.source_settings import require_settings, settings_2450
from operando.drivers.potentiostats.keithley.step_in_progress import StepInProgress
from operando.drivers.potentiostats.keithley.step_plan import CURRENT, StepPlan
from operando.drivers.potentiostats.keithley.step_samples import StepSamples
from operando.drivers.potentiostats.keithley.trigger_program import SETTLING_S, TriggerProgram
from operando.drivers.potentiostats.keithley.trigger_state import ask_program, ask_state, buffer_of
from operando.drivers.potentiostats.step_on_wire import STEPS, name_of, number_on_wire, same_run
from operando.drivers.potentiostats.step_time import StepTime
from operando.drivers.roles import KnownOfStep, RunningStep, Samples, Step, StepEnd, StepEndReason

__all__ = ["StepRunner2450"]

SPARE = 10
CHUNK = 400
"""Readings fetched by one question: some 25 kB."""
CHUNKS_A_POLL = 5
OVERDUE_S = 2.0
"""After the time at which a step ends by itself: a measurement or two, and the host ends it."""
MEASURED_BEFORE_S = 0.25
"""From the beginning of a reading to its being in the buffer, a change of range included."""
LONGEST_SWITCHING_S = 0.1
"""From the order to the program's own delay: relay and range. It is not counted by the instrument."""
QUESTIONABLE = 1
OFF_STATE = re.compile(r"NORM|HIMP|ZERO|GUAR")
READINGS = re.compile(r"[-+0-9.Ee,; ]+")


class StepRunner2450:
    """One step at a time. One caller at a time."""

    def __init__(self, session: ScpiSession, clock: Clock) -> None:
        self._session = session
        self._clock = clock
        self._collected = NumberedSamples()
        self._step: StepInProgress | None = None
        self._end: StepEnd | None = None

    def start(self, step: Step, plan: StepPlan) -> None:
        """Load the trigger model and start it.

        Raises:
            ProtocolError: if a step runs, or the instrument refuses something.
            ConfigMismatch: if a setting did not take effect.
        """
        session, program = self._session, TriggerProgram(plan, buffer_of(number_on_wire(step)))
        loaded = ask_program(session)
        if loaded.runs or session.ask_switch(":OUTP?"):
            raise ProtocolError("it carries out a step already", remedy="Wait for its end, or end it with end_step().")
        session.tell("*CLS", ':TRIG:LOAD "Empty"', *settings_2450(plan))
        if loaded.step is not None:
            session.tell(f':TRAC:DEL "{buffer_of(loaded.step)}"')
        session.require_no_complaint("the settings of the step")
        self._make_buffer(program)
        session.tell(*program.commands())
        session.require_no_complaint("the program of the step")
        require_settings(session, plan)
        self._initiate(step, program)

    def poll(self) -> Samples:
        """Fetch what is new."""
        running, fetching = self._step, False
        if running is not None and self._end is None:
            fetching = self._follow(running)
        end, self._end = self._end, None
        return self._collected.take(end, fetching=fetching)

    def adopt(self, step: Step, plan: StepPlan, known: KnownOfStep) -> None:
        """Take up a step that another process has started; see `Potentiostat.adopt`."""
        loaded = ask_program(self._session)
        number = number_on_wire(step)
        if loaded.runs and loaded.step != number:
            raise ProtocolError(
                f"it carries out {name_of(loaded.step, step)}, not step {step.number}",
                remedy="End it by hand, or resume the run to which it belongs.",
            )
        origin_s, uncertainty_s = known.origin_s, known.uncertainty_s
        self._step = StepInProgress(
            step,
            TriggerProgram(plan, buffer_of(number_on_wire(step))),
            StepSamples(step, known),
            StepTime(0.0, origin_s - uncertainty_s, origin_s + uncertainty_s),
            overdue_s=_overdue(plan, origin_s + uncertainty_s + step.elapsed_before_s),
            late_before_s=self._clock.now(),
        )
        self._end = None
        if loaded.step != number:
            kept = loaded.step is not None and same_run(loaded.step, step)
            never = kept and not known.recorded_s
            reason = StepEndReason.NOT_STARTED if never else StepEndReason.UNKNOWN
            self._ended(self._step, reason, "the instrument keeps nothing of this step")

    def end_by_host(self) -> None:
        """End the step that runs, with the output off."""
        self._switch_off()
        if self._step is not None:
            self._step.ended_by_host = True

    def running(self) -> RunningStep | None:
        """What the instrument carries out now."""
        loaded = ask_program(self._session)
        if not loaded.runs:
            return None
        if self._step is not None and number_on_wire(self._step.step) == loaded.step:
            return self._step.running()
        return RunningStep(None if loaded.step is None else loaded.step % STEPS, None, None)

    def confirm_off(self) -> bool:
        """Make safe; whether the instrument confirms that its output is off and its relay open."""
        # while a program runs nothing else is obeyed: end it first; but let the relay open when the output goes off
        self._session.tell(":ABOR", ":OUTP:VOLT:SMOD HIMP", ":OUTP:CURR:SMOD HIMP")
        self.end_by_host()
        states = {self._session.ask(f":OUTP:{source}:SMOD?", OFF_STATE) for source in ("VOLT", "CURR")}
        off = not self._session.ask_switch(":OUTP?")
        return off and states == {"HIMP"} and not ask_state(self._session).runs

    def _make_buffer(self, program: TriggerProgram) -> None:
        make = f':TRAC:MAKE "{program.buffer}", {program.readings + SPARE}'
        self._session.tell(make)
        complaints = self._session.complaints()
        if [entry.code for entry in complaints] == [
            BUFFER_EXISTS
        ]:  # left behind by a start that did not come to its end
            self._session.tell(f':TRAC:DEL "{program.buffer}"', make)
            complaints = self._session.complaints()
        if complaints:
            raise error_of(complaints, "the buffer of the step")

    def _initiate(self, step: Step, program: TriggerProgram) -> None:
        sent_s = self._clock.now()
        self._session.tell(":INIT")
        try:
            state = ask_state(self._session)
        finally:  # without an answer it may run all the same
            now = self._clock.now()
            time, overdue_s = (
                StepTime(step.elapsed_before_s, sent_s, now + LONGEST_SWITCHING_S),
                _overdue(program.plan, now),
            )
            self._end, self._step = None, StepInProgress(step, program, StepSamples(step), time, overdue_s)
        if not state.runs and not self._count(program.buffer):
            self._step = None
            self._session.require_no_complaint("the start of the step")
            raise DeviceFault(f"the trigger model does not run, it says {state.word}")

    def _follow(self, running: StepInProgress) -> bool:
        """Fetch new readings; whether there are more than one poll takes."""
        asked_s = self._clock.now()
        output = self._session.ask_switch(
            ":OUTP?"
        )  # before the state: at its end the model switches off, and then stops
        state = ask_state(self._session)
        count = self._count(running.program.buffer)
        for _ in range(CHUNKS_A_POLL):
            if running.read < count:
                self._fetch(running, min(running.read + CHUNK, count))
        if state.runs and running.reason is None and asked_s > running.overdue_s:
            running.reason = running.plan.time_reason
            running.detail = "it was late to end by itself, so this computer ended it"
        if state.runs and (running.reason is not None or running.ended_by_host):
            self._switch_off()  # again at each poll, until it has stopped
        if running.read < count:
            return True
        running.asked_s = asked_s
        if state.runs and not output and running.samples.last is not None:
            running.detail = "somebody has switched the output off"
            running.reason = StepEndReason.FAULT
            self._switch_off()
        elif not state.runs:
            self._finish(running, state.word)
        return False

    def _fetch(self, running: StepInProgress, last: int) -> None:
        first = running.read + 1
        asked = f':TRAC:DATA? {first},{last},"{running.program.buffer}",READ,SOUR,REL,STAT'
        rows = numbers(self._session.ask(asked, READINGS), 4)
        if len(rows) != last - running.read:
            raise ProtocolError(f"asked for readings {first} to {last}, got {len(rows)}")
        running.read, now = last, self._clock.now()
        for read, sourced, relative_s, status in rows:
            voltage_V, current_A = (read, sourced) if running.plan.sources == CURRENT else (sourced, read)
            elapsed_s = running.step.elapsed_before_s + SETTLING_S + relative_s
            reading = Reading(elapsed_s, voltage_V, current_A, bool(int(status) & QUESTIONABLE))
            self._take_in(running, reading, now)

    def _take_in(self, running: StepInProgress, reading: Reading, now: float) -> None:
        time_s, uncertainty_s = running.time.arrived(reading.elapsed_s, now, running.asked_s - MEASURED_BEFORE_S)
        row = running.samples.add(reading, time_s, uncertainty_s)
        self._collected.add(row, late=time_s < running.late_before_s)
        if running.reason is None:
            running.reason = why_host_ends(running.step, running.plan, reading, running.samples.charge_C)

    def _finish(self, running: StepInProgress, word: str) -> None:
        if self._session.ask_switch(":OUTP?"):
            self._switch_off()
            running.reason = running.reason or StepEndReason.FAULT
            running.detail = f"the trigger model stopped ({word}) and left the output on; it was switched off"
        self._collected.add(running.samples.finish())
        self._ended(running, running.reason, running.detail)

    def _ended(self, running: StepInProgress, reason: StepEndReason | None, detail: str) -> None:
        running.reason, running.detail = reason, detail
        self._end, self._step = running.end(self._clock.now()), None

    def _switch_off(self) -> None:
        self._session.tell(":ABOR", ":OUTP OFF")

    def _count(self, buffer: str) -> int:
        count = float(self._session.ask(f':TRAC:ACT? "{buffer}"', NUMBER))
        if not math.isfinite(count) or count < 0:
            raise ProtocolError(f"{count:g} readings in the buffer {buffer}")
        return int(count)


def _overdue(plan: StepPlan, began_s: float) -> float:
    """Run time after which a step has not ended by itself as it should have."""
    return began_s + plan.longest_s * (1.0 + LARGEST_RATE_ERROR) + OVERDUE_S
