"""A potentiostat: every technique ends by itself, at its end condition, its guard or its maximum duration."""

from dataclasses import replace

import numpy as np

from operando.drivers.conformance.check import NotOffered, Permission, Proven, Role, check
from operando.drivers.conformance.measurement import between
from operando.drivers.conformance.steps import (
    StepRecord,
    carry_out,
    ended_by,
    gentle_current_A,
    gentle_technique,
    interval_s,
    new_step,
    no_breach,
    rest_V,
    span_s,
)
from operando.drivers.conformance.trial import Trial
from operando.drivers.roles import Galvanostatic, HostKept, OpenCircuit, Potentiostatic, StepEndReason

__all__ = ["CHECKS"]

CURRENT = Permission.CURRENT
LATE_INTERVALS = 2
MARGIN_V = 2e-3
ABOVE_REST_V = 0.01
RIGHT_TIME = "an end by time is kept to two intervals between samples"


def _took(record: StepRecord, wanted_s: float, every_s: float, because: str = RIGHT_TIME) -> Proven:
    elapsed_s = record.end.elapsed_s if record.end else float("nan")
    late_s = LATE_INTERVALS * every_s
    yield between("the step lasted", elapsed_s, "s", wanted_s - late_s, wanted_s + late_s, because=because)


@check(Role.POTENTIOSTAT, "OpenCircuit: no current, the cell rests, its voltage is watched, until its time.", CURRENT)
def rests(trial: Trial) -> Proven:
    duration_s = span_s(trial.potentiostat)
    record = carry_out(trial, new_step(trial, OpenCircuit(), duration_s=duration_s), expected_s=duration_s)
    trial.curves.append(record.curve("at rest"))
    yield ended_by(record, StepEndReason.TIME)
    yield from _took(record, duration_s, interval_s(trial.potentiostat))
    most_A = 0.01 * trial.file.conformance.current
    current_A = float(np.max(np.abs(record.samples["current_A"]), initial=0.0))
    yield no_breach("largest current at rest", current_A, most_A, "A", "a hundredth of what the suite may pass")


@check(Role.POTENTIOSTAT, "A galvanostatic step ends by its duration, on time.", CURRENT, obedience=True)
def ends_by_time(trial: Trial) -> Proven:
    duration_s = span_s(trial.potentiostat)
    step = new_step(trial, Galvanostatic(gentle_current_A(trial)), duration_s=duration_s)
    record = carry_out(trial, step, expected_s=duration_s)
    yield ended_by(record, StepEndReason.TIME)
    yield from _took(record, duration_s, interval_s(trial.potentiostat))


@check(
    Role.POTENTIOSTAT, "until_voltage_V ends a charge when the voltage reaches it from below.", CURRENT, obedience=True
)
def ends_charge_by_voltage(trial: Trial) -> Proven:
    yield from _ends_by_voltage(trial, +1)


@check(
    Role.POTENTIOSTAT,
    "until_voltage_V ends a discharge when the voltage reaches it from above.",
    CURRENT,
    obedience=True,
)
def ends_discharge_by_voltage(trial: Trial) -> Proven:
    yield from _ends_by_voltage(trial, -1)


def _ends_by_voltage(trial: Trial, sign: int) -> Proven:
    current_A, from_V = sign * gentle_current_A(trial), rest_V(trial)
    cut_V = from_V + _half_answer_V(trial, current_A, from_V)
    duration_s = 5 * span_s(trial.potentiostat)
    record = carry_out(
        trial,
        new_step(trial, Galvanostatic(current_A, until_voltage_V=cut_V), duration_s=duration_s),
        expected_s=duration_s,
    )
    trial.curves.append(record.curve("until a voltage", ("cut-off", cut_V)))
    yield ended_by(record, StepEndReason.VOLTAGE)
    before = record.samples["voltage_V"][:-1]
    passed = int(np.sum((before - cut_V) * sign > MARGIN_V))
    yield between("samples beyond the cut-off before the end", passed, "", highest=2, because="it ends at the cut-off")


def _half_answer_V(trial: Trial, current_A: float, from_V: float) -> float:
    duration_s = span_s(trial.potentiostat)
    record = carry_out(trial, new_step(trial, Galvanostatic(current_A), duration_s=duration_s), expected_s=duration_s)
    if not len(record.samples):
        raise NotOffered("samples of a short galvanostatic step, from which a cut-off could be chosen")
    return 0.5 * float(record.samples["voltage_V"][-1] - from_V)


@check(
    Role.POTENTIOSTAT, "until_charge_C ends a step once that magnitude of charge has passed.", CURRENT, obedience=True
)
def ends_by_charge(trial: Trial) -> Proven:
    wanted_s = span_s(trial.potentiostat)
    for current_A in (gentle_current_A(trial), -gentle_current_A(trial)):
        wanted_C = abs(current_A) * wanted_s
        record = carry_out(
            trial,
            new_step(trial, Galvanostatic(current_A, until_charge_C=wanted_C), duration_s=5 * wanted_s),
            expected_s=5 * wanted_s,
        )
        yield ended_by(record, StepEndReason.CHARGE)
        yield from _took(record, wanted_s, interval_s(trial.potentiostat), "charge is current times time")
        passed_C = record.end.charge_C if record.end else float("nan")
        yield between(
            "charge passed, over what was asked for",
            passed_C / (np.sign(current_A) * wanted_C),
            "",
            0.95,
            1.05 + LATE_INTERVALS * interval_s(trial.potentiostat) / wanted_s,
            because="5 % for current and clock, and two intervals late; charging is positive",
        )


@check(
    Role.POTENTIOSTAT,
    "charge_before_C and elapsed_before_s count: a step that is carried on after a hold does only what it still lacks.",
    CURRENT,
    obedience=True,
)
def carries_on(trial: Trial) -> Proven:
    span, every_s = span_s(trial.potentiostat), interval_s(trial.potentiostat)
    behind_s, whole_s = 2 * span, 3 * span
    rest = replace(new_step(trial, OpenCircuit(), duration_s=whole_s), elapsed_before_s=behind_s)
    record = carry_out(trial, rest, expected_s=whole_s)
    yield ended_by(record, StepEndReason.TIME)
    yield from _took(record, whole_s, every_s)
    earliest_s = float(np.min(record.samples["elapsed_s"], initial=np.inf))
    because = "the time goes on where it was held"
    yield between("elapsed time of the first sample", earliest_s, "s", behind_s, behind_s + span, because=because)
    if not trial.potentiostat.capabilities.galvanostatic:
        return
    for current_A in (gentle_current_A(trial), -gentle_current_A(trial)):
        technique = Galvanostatic(current_A, until_charge_C=abs(current_A) * whole_s)
        whole = new_step(trial, technique, duration_s=2 * whole_s)
        rest_of_it = replace(whole, charge_before_C=current_A * behind_s, elapsed_before_s=behind_s)
        record = carry_out(trial, rest_of_it, expected_s=whole_s)
        yield ended_by(record, StepEndReason.CHARGE)
        yield from _took(record, whole_s, every_s, "what is behind it is not passed again, or it is too much")


@check(
    Role.POTENTIOSTAT,
    "until_current_A ends a potentiostatic step when the magnitude of the current falls to it.",
    CURRENT,
    obedience=True,
)
def ends_by_current(trial: Trial) -> Proven:
    hold_V, settled_A = _hold(trial)
    cut_A, duration_s = 1.5 * settled_A, 5 * span_s(trial.potentiostat)
    record = carry_out(
        trial,
        new_step(trial, Potentiostatic(hold_V, until_current_A=cut_A), duration_s=duration_s),
        expected_s=duration_s,
    )
    yield ended_by(record, StepEndReason.CURRENT)
    if len(record.samples):
        last_A = abs(float(record.samples["current_A"][-1]))
        yield between("last current", last_A, "A", highest=1.5 * cut_A, because="it has fallen to the cut-off")


@check(Role.POTENTIOSTAT, "A potentiostatic step holds its voltage, and ends by its duration.", CURRENT, obedience=True)
def holds_voltage(trial: Trial) -> Proven:
    from_V, duration_s = rest_V(trial), span_s(trial.potentiostat)
    record = carry_out(trial, new_step(trial, Potentiostatic(from_V), duration_s=duration_s), expected_s=duration_s)
    yield ended_by(record, StepEndReason.TIME)
    yield from _took(record, duration_s, interval_s(trial.potentiostat))
    if len(record.samples):
        off_V = float(np.max(np.abs(record.samples["voltage_V"] - from_V)))
        yield no_breach("largest distance from the set voltage", off_V, 5e-3, "V", "a potentiostat holds to millivolts")


@check(Role.POTENTIOSTAT, "The voltage of the guard ends a step at once.", CURRENT, obedience=True)
def guard_stops_voltage(trial: Trial) -> Proven:
    current_A, from_V = gentle_current_A(trial), rest_V(trial)
    for sign in (+1, -1):
        edge_V = from_V + _half_answer_V(trial, sign * current_A, from_V)
        lowest_V, highest_V = trial.potentiostat.capabilities.voltage_range_V
        window = (lowest_V, edge_V) if sign > 0 else (edge_V, highest_V)
        duration_s = 5 * span_s(trial.potentiostat)
        step = new_step(trial, Galvanostatic(sign * current_A), duration_s=duration_s, voltage_V=window)
        record = carry_out(trial, step, expected_s=duration_s)
        trial.curves.append(record.curve("into the guard", ("guard", edge_V)))
        yield ended_by(record, StepEndReason.VOLTAGE_LIMIT)
        beyond = int(np.sum((record.samples["voltage_V"] - edge_V) * sign > MARGIN_V))
        yield between("samples beyond the guard", beyond, "", highest=2, because="a hard limit ends the step at once")


@check(Role.POTENTIOSTAT, "The current of the guard ends a step at once.", CURRENT, obedience=True)
def guard_stops_current(trial: Trial) -> Proven:
    hold_V, settled_A = _hold(trial)
    edge_A = 0.5 * settled_A
    step = new_step(
        trial, Potentiostatic(hold_V), duration_s=5 * span_s(trial.potentiostat), current_A=(-edge_A, edge_A)
    )
    record = carry_out(trial, step, expected_s=5 * span_s(trial.potentiostat))
    yield ended_by(record, StepEndReason.CURRENT_LIMIT)
    yield between("samples of that step", len(record.samples), "", highest=3, because="a hard limit ends it at once")


@check(Role.POTENTIOSTAT, "The maximum duration of the guard ends a step in any case.", CURRENT, obedience=True)
def guard_stops_time(trial: Trial) -> Proven:
    longest_s = span_s(trial.potentiostat)
    step = new_step(trial, gentle_technique(trial), maximum_duration_s=longest_s)
    record = carry_out(trial, step, expected_s=longest_s)
    yield ended_by(record, StepEndReason.MAXIMUM_DURATION)
    yield from _took(record, longest_s, interval_s(trial.potentiostat))


@check(
    Role.POTENTIOSTAT,
    "A step ends by itself on the instrument, though nobody asks, after its maximum duration at the latest.",
    CURRENT,
    obedience=True,
)
def ends_unattended(trial: Trial) -> Proven:
    _require_own_ends(trial)
    longest_s = span_s(trial.potentiostat)
    step = new_step(trial, gentle_technique(trial), maximum_duration_s=longest_s)
    record = carry_out(trial, step, expected_s=3 * longest_s, gaps_s=lambda _: 3 * longest_s)
    yield ended_by(record, StepEndReason.MAXIMUM_DURATION)
    yield from _took(record, longest_s, interval_s(trial.potentiostat), "nobody asked for three times as long")


@check(
    Role.POTENTIOSTAT,
    "until_voltage_V and the voltage of the guard end a charge on the instrument, though nobody asks.",
    CURRENT,
    obedience=True,
)
def ends_charge_unattended(trial: Trial) -> Proven:
    _require_own_ends(trial)
    current_A, from_V = gentle_current_A(trial), rest_V(trial)
    edge_V, span = from_V + _half_answer_V(trial, current_A, from_V), span_s(trial.potentiostat)
    lowest_V, _ = trial.potentiostat.capabilities.voltage_range_V
    steps = {
        StepEndReason.VOLTAGE: new_step(trial, Galvanostatic(current_A, until_voltage_V=edge_V), duration_s=5 * span),
        StepEndReason.VOLTAGE_LIMIT: new_step(
            trial, Galvanostatic(current_A), duration_s=5 * span, voltage_V=(lowest_V, edge_V)
        ),
    }
    for reason, step in steps.items():
        record = carry_out(trial, step, expected_s=3 * span, gaps_s=lambda _: 3 * span)
        yield ended_by(record, reason)
        elapsed_s = record.end.elapsed_s if record.end else float("nan")
        latest_s = span + LATE_INTERVALS * interval_s(trial.potentiostat)
        yield between(
            "the step lasted", elapsed_s, "s", highest=latest_s, because="nobody asked for three times a span"
        )


@check(
    Role.POTENTIOSTAT,
    "until_charge_C ends a hold on the instrument, though nobody asks, unless the capabilities name it as the host's.",
    CURRENT,
    obedience=True,
)
def ends_hold_unattended(trial: Trial) -> Proven:
    _require_own_ends(trial)
    if HostKept.CHARGE_OF_HOLD in trial.potentiostat.capabilities.host_keeps:
        raise NotOffered(f"host_keeps: {HostKept.CHARGE_OF_HOLD}")
    hold_V, settled_A = _hold(trial)
    span = span_s(trial.potentiostat)
    wanted_C = settled_A * span
    hold = new_step(trial, Potentiostatic(hold_V, until_charge_C=wanted_C), duration_s=5 * span)
    record = carry_out(trial, hold, expected_s=6 * span, gaps_s=lambda _: 6 * span)
    yield ended_by(record, StepEndReason.CHARGE)
    passed_C = abs(record.end.charge_C) if record.end else float("nan")
    yield between(
        "charge passed, over what was asked for",
        passed_C / wanted_C,
        "",
        0.95,
        1.25,
        because="it ends there, not when somebody asks; the current of a hold changes between two samples",
    )


def _require_own_ends(trial: Trial) -> None:
    if not trial.potentiostat.capabilities.ends_steps_by_itself:
        raise NotOffered("ends_steps_by_itself")


def _hold(trial: Trial) -> tuple[float, float]:
    """A voltage a little above rest, and the magnitude of the current to which it settles."""
    from_V = rest_V(trial)
    if trial.potentiostat.capabilities.galvanostatic:
        hold_V = from_V + 2 * _half_answer_V(trial, gentle_current_A(trial), from_V)
    else:
        hold_V = from_V + ABOVE_REST_V
    duration_s = span_s(trial.potentiostat)
    record = carry_out(trial, new_step(trial, Potentiostatic(hold_V), duration_s=duration_s), expected_s=duration_s)
    settled_A = abs(float(np.median(record.samples["current_A"][-3:]))) if len(record.samples) else 0.0
    if not settled_A > 0:
        raise NotOffered("a current at constant voltage, from which a cut-off could be chosen")
    return hold_V, settled_A


CHECKS = (
    rests,
    ends_by_time,
    ends_charge_by_voltage,
    ends_discharge_by_voltage,
    ends_by_charge,
    carries_on,
    holds_voltage,
    ends_by_current,
    guard_stops_voltage,
    guard_stops_current,
    guard_stops_time,
    ends_unattended,
    ends_charge_unattended,
    ends_hold_unattended,
)
