"""A potentiostat: it refuses, stops, becomes safe, and is found again, as it promises."""

import math
import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TypeVar

import numpy as np

from operando.drivers.conformance.check import NotOffered, Permission, Proven, Role, check
from operando.drivers.conformance.measurement import between, held
from operando.drivers.conformance.safety import SAFE_S, confirmed_safe, unknown_when_cut
from operando.drivers.conformance.severable import LineState
from operando.drivers.conformance.steps import PATIENCE_S, gentle_technique, interval_s, new_step, span_s
from operando.drivers.conformance.trial import Trial
from operando.drivers.errors import InstrumentError, LimitRefused, ProtocolError, TransportError
from operando.drivers.roles import (
    SAMPLE,
    Galvanostatic,
    Guard,
    Impedance,
    KnownOfStep,
    OpenCircuit,
    Potentiostat,
    Potentiostatic,
    Recording,
    Safety,
    Samples,
    Step,
    StepEnd,
    StepEndReason,
    Technique,
)

__all__ = ["CHECKS"]

Answer = TypeVar("Answer")
CURRENT = Permission.CURRENT
ABORT_S = 3.0
LONG_AGO_S = 3600.0
"""Before what runs a step of another run has begun; some instruments keep no other mark of a step than its time."""


@check(
    Role.POTENTIOSTAT,
    "A step that passes a limit of the instrument is refused by LimitRefused, and nothing is sent.",
    CURRENT,
    obedience=True,
)
def refuses_limits(trial: Trial) -> Proven:
    potentiostat = trial.potentiostat
    for what, step in _beyond(trial, potentiostat):
        try:
            refused, said = trial.refused(partial(potentiostat.start, step), LimitRefused)
            yield held(f"{what} is refused", refused, because="limits are checked before anything is sent", found=said)
            yield held(f"after {what} nothing runs", potentiostat.running() is None, because="nothing was sent")
        finally:
            if potentiostat.running() is not None:
                _end(trial, potentiostat)


def _beyond(trial: Trial, potentiostat: Potentiostat) -> list[tuple[str, Step]]:
    limits, current_A = potentiostat.capabilities, trial.file.conformance.current
    (low_V, high_V), (low_A, high_A) = limits.voltage_range_V, limits.current_range_A
    here: list[tuple[str, Technique]] = [
        ("a voltage above the range", Potentiostatic(high_V + 1.0)),
        ("a voltage below the range", Potentiostatic(low_V - 1.0)),
        ("a voltage that is no number", Potentiostatic(math.nan)),
    ]
    if limits.galvanostatic:
        here += [
            ("a current above the range", Galvanostatic(2 * high_A)),
            ("a current below the range", Galvanostatic(2 * low_A)),
            ("a current that is no number", Galvanostatic(math.nan)),
            ("a cut-off above the range", Galvanostatic(current_A, until_voltage_V=high_V + 1.0)),
            ("a cut-off below the range", Galvanostatic(-current_A, until_voltage_V=low_V - 1.0)),
        ]
    else:
        here.append(("a current, which this instrument cannot set", Galvanostatic(current_A)))
    if limits.impedance_frequency_Hz is None:
        here.append(("a spectrum, which this instrument cannot measure", Impedance(1000.0, 100.0, 5, 5e-3)))
    else:
        here.append(("a frequency above the range", Impedance(10 * limits.impedance_frequency_Hz[1], 1.0, 5, 5e-3)))
        if limits.impedance_amplitude_V is not None:
            here.append(("an amplitude above the range", Impedance(1e3, 1e2, 5, 2 * limits.impedance_amplitude_V[1])))
    steps = [(what, new_step(trial, technique, duration_s=span_s(potentiostat))) for what, technique in here]
    guarded = new_step(trial, Potentiostatic(high_V / 2), duration_s=span_s(potentiostat))
    narrow = Guard((low_V, high_V / 4), guarded.guard.current_A, guarded.guard.maximum_duration_s)
    rest = new_step(trial, OpenCircuit(), duration_s=span_s(potentiostat))
    steps.append(("a voltage outside its own guard", replace(guarded, guard=narrow)))
    endless = replace(rest.guard, maximum_duration_s=math.nan)
    steps.append(("a maximum duration that is no number", replace(rest, guard=endless)))
    steps.append(("a guard that is no number", replace(rest, guard=replace(rest.guard, voltage_V=(low_V, math.nan)))))
    steps.append(
        ("a sample more often than it can", replace(rest, recording=Recording(limits.shortest_interval_s / 10)))
    )
    return steps


@check(Role.POTENTIOSTAT, "A second step is refused while one runs, and the one that runs goes on.", CURRENT)
def refuses_second_step(trial: Trial) -> Proven:
    potentiostat = trial.potentiostat
    first = _start(trial, 4 * span_s(potentiostat))
    try:
        trial.wait(span_s(potentiostat))
        second = new_step(trial, OpenCircuit(), duration_s=span_s(potentiostat))
        refused, said = trial.refused(lambda: potentiostat.start(second), ProtocolError)
        yield held("the second step is refused", refused, because="one step at a time", found=said)
        running = potentiostat.running()
        known = running is not None and running.step in (first.number, None)
        yield held("the first one goes on", known, because="a refusal disturbs nothing", found=running)
    finally:
        _end(trial, potentiostat)


@check(
    Role.POTENTIOSTAT,
    "end_step ends the running step on the instrument and leaves the cell open; its StepEnd comes with a later poll.",
    CURRENT,
    obedience=True,
)
def aborts(trial: Trial) -> Proven:
    potentiostat = trial.potentiostat
    step = _start(trial, 100 * span_s(potentiostat))
    trial.wait(span_s(potentiostat))
    ends: list[StepEnd] = []
    _, told_s = trial.timed(potentiostat.end_step)
    took_s = trial.until(lambda: _has_ended(potentiostat, ends), PATIENCE_S, 0.05)
    because = "an operator or an interlock waits for it"
    yield between("from the order to the end", told_s + took_s, "s", highest=ABORT_S, because=because)
    reason = ends[0].reason if ends else None
    right = reason is StepEndReason.ENDED_BY_HOST and ends[0].step == step.number
    yield held("it ended by the host", right, because="the instrument says why it ended", found=reason)
    yield held("nothing runs", potentiostat.running() is None, because="it was ended")


@check(
    Role.POTENTIOSTAT,
    "make_safe brings the instrument to its safe state while a step runs, and confirms it by read-back.",
    CURRENT,
    obedience=True,
)
def becomes_safe(trial: Trial) -> Proven:
    potentiostat = trial.potentiostat
    _start(trial, 100 * span_s(potentiostat))
    trial.wait(span_s(potentiostat))
    yield from confirmed_safe(trial)
    running = potentiostat.running()
    yield held("no step runs", running is None, because="a step that runs is not safe", found=running)
    trial.wait(span_s(potentiostat))
    later = potentiostat.poll()
    last_s = float(np.max(later.block["time_s"], initial=-math.inf))
    before_s = trial.clock.now() - 0.5 * span_s(potentiostat)
    yield held("no sample comes afterwards", last_s < before_s, because="the cell is open", found=f"{last_s:g} s")


@check(
    Role.POTENTIOSTAT,
    "make_safe never waits behind a long call.",
    CURRENT,
    obedience=True,
)
def becomes_safe_beside_a_call(trial: Trial) -> Proven:
    potentiostat = trial.potentiostat
    if trial.clock.virtual:
        raise NotOffered("two calls at the same time: in virtual time there is only one thread")
    _start(trial, 100 * span_s(potentiostat))
    enough = threading.Event()

    def ask() -> None:
        while not enough.is_set():
            try:
                potentiostat.poll()
                potentiostat.running()
            except InstrumentError:
                return

    other = threading.Thread(target=ask, daemon=True)
    other.start()
    try:
        trial.wait(span_s(potentiostat) / 4)
        state, took_s = trial.timed(potentiostat.make_safe)
    finally:
        enough.set()
        other.join(PATIENCE_S)
    yield held("it is confirmed safe", state.safety is Safety.CONFIRMED, because="by read-back", found=state)
    yield between("it took", took_s, "s", highest=SAFE_S, because="a bench gives it so long")


@check(
    Role.POTENTIOSTAT,
    "A step goes on while the wire is gone, and is heard again when it is back: no sample twice, and its end.",
    CURRENT,
)
def survives_lost_wire(trial: Trial) -> Proven:
    potentiostat = trial.potentiostat
    if not potentiostat.capabilities.ends_steps_by_itself:
        raise NotOffered("ends_steps_by_itself")
    trial.require_line()
    span = span_s(potentiostat)
    step = _start(trial, 4 * span)
    trial.wait(span)
    heard = [potentiostat.poll()]
    with trial.line(LineState.PULLED):
        error, said = trial.refused(potentiostat.poll, InstrumentError)
        yield held("poll says that the wire is gone", error, because="a lost wire is told", found=said)
        trial.wait(span)
    end = _listen(trial, potentiostat, heard, 3 * span)
    yield held("its end is told", end is not None and end.step == step.number, because="it ended by itself", found=end)
    yield from _once_each(heard, step)


@check(
    Role.POTENTIOSTAT,
    "Connecting changes nothing: a running step is found and adopted undisturbed, and ends as it would have.",
    CURRENT,
    obedience=True,
)
def connecting_disturbs_nothing(trial: Trial) -> Proven:
    potentiostat = trial.potentiostat
    if not potentiostat.capabilities.ends_steps_by_itself:
        raise NotOffered("ends_steps_by_itself")
    span, heard = span_s(potentiostat), []
    step = _start(trial, 6 * span)
    started_s = trial.clock.now()
    trial.wait(span)
    heard.append(potentiostat.poll())
    potentiostat.close()
    with trial.another_client() as roles:
        other = roles.potentiostat
        assert other is not None, "another client of the same driver"
        running = other.running()
        yield held("the step runs on", running is not None, because="connect is read-only", found=running)
        recorded = heard[0].block[heard[0].block["step"] == step.number]
        last_A, last_C = (
            float(recorded[name][-1]) if len(recorded) else math.nan for name in ("current_A", "charge_C")
        )
        known = KnownOfStep(started_s, 1.0, tuple(recorded["elapsed_s"].tolist()), last_A, last_C)
        other.adopt(step, known)
        end = _listen(trial, other, heard, 6 * span)
    because = "as if nobody had come"
    yield held("it ended by its time", end is not None and end.reason is StepEndReason.TIME, because=because, found=end)
    elapsed_s = end.elapsed_s if end else math.nan
    late_s = 2 * interval_s(potentiostat)
    yield between("it lasted", elapsed_s, "s", 6 * span - late_s, 6 * span + late_s, because=because)
    yield from _once_each(heard, step)


@check(
    Role.POTENTIOSTAT,
    "adopt takes up the step that it is asked for: while another one runs, ProtocolError comes, there or from poll.",
    CURRENT,
    obedience=True,
)
def adopts_no_other_step(trial: Trial) -> Proven:
    potentiostat = trial.potentiostat
    running = _start(trial, 100 * span_s(potentiostat))
    known = KnownOfStep(trial.clock.now() - LONG_AGO_S, 1.0)
    try:
        for what, stranger in _strangers(trial, running):
            trial.wait(span_s(potentiostat))
            _after_others(potentiostat.poll)
            potentiostat.close()
            with trial.another_client() as roles:
                assert roles.potentiostat is not None, "another client of the same driver"
                take_up = partial(_taken_up, trial, roles.potentiostat, stranger, known)
                refused, said = trial.refused(take_up, ProtocolError)
                yield held(f"{what} is refused", refused, because="its samples belong to another step", found=said)
            still = _after_others(potentiostat.running)
            yield held("the one that runs goes on", still is not None, because="adopt disturbs nothing", found=still)
    finally:
        _end(trial, potentiostat)


def _strangers(trial: Trial, running: Step) -> list[tuple[str, Step]]:
    """Steps that do not run."""
    other = new_step(trial, OpenCircuit(), duration_s=running.duration_s)
    return [
        ("another step of the same run", replace(other, technique=Potentiostatic(sum(running.guard.voltage_V) / 2))),
        ("the step of that number of another run", replace(running, run_mark=running.run_mark + 1)),
    ]


def _after_others(ask: Callable[[], Answer]) -> Answer:
    """Another client has had the line: that the link was lost meanwhile may be told once."""
    try:
        return ask()
    except TransportError:
        return ask()


def _taken_up(trial: Trial, potentiostat: Potentiostat, step: Step, known: KnownOfStep) -> None:
    """Adopt a step, and listen for a while."""
    potentiostat.adopt(step, known)
    heard: list[StepEnd] = []
    trial.until(lambda: _has_ended(potentiostat, heard), span_s(potentiostat))


def _once_each(heard: list[Samples], step: Step) -> Proven:
    """Of this step: a serial port may still hold what the step before it said while the wire was cut."""
    rows = np.concatenate([block for said in heard for block in (said.block, said.late)])
    elapsed_s = np.sort(rows["elapsed_s"][rows["step"] == step.number])
    nearest_s = float(np.min(np.diff(elapsed_s), initial=math.inf))
    yield between("nearest two samples", nearest_s, "s", lowest=1e-3, because="no sample comes twice")


def _listen(trial: Trial, potentiostat: Potentiostat, heard: list[Samples], expected_s: float) -> StepEnd | None:
    """Poll until the end; a loss of the link may be told once."""

    def ended() -> bool:
        try:
            heard.append(potentiostat.poll())
        except TransportError:
            heard.append(Samples(np.empty(0, SAMPLE), heard[0].impedance[:0]))
        return heard[-1].end is not None

    trial.until(ended, expected_s + PATIENCE_S)
    return heard[-1].end


def _start(trial: Trial, duration_s: float) -> Step:
    """A long gentle step: galvanostatic, or at rest where that is all there is."""
    step = new_step(trial, gentle_technique(trial), duration_s=duration_s, maximum_duration_s=2 * duration_s)
    trial.potentiostat.start(step)
    return step


def _end(trial: Trial, potentiostat: Potentiostat) -> None:
    potentiostat.end_step()
    trial.until(lambda: _has_ended(potentiostat, []), PATIENCE_S)


def _has_ended(potentiostat: Potentiostat, ends: list[StepEnd]) -> bool:
    end = potentiostat.poll().end
    if end is not None:
        ends.append(end)
    return end is not None


CHECKS = (
    refuses_limits,
    refuses_second_step,
    aborts,
    becomes_safe,
    becomes_safe_beside_a_call,
    unknown_when_cut(Role.POTENTIOSTAT),
    survives_lost_wire,
    connecting_disturbs_nothing,
    adopts_no_other_step,
)
