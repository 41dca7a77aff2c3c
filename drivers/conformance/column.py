"""A column: conditions are those asked for, the beam is blanked when it says so, and it refuses what it cannot do."""

import math
from dataclasses import replace
from functools import partial

import numpy as np

from operando.drivers.conformance.beam import (
    HIGH_VOLTAGE_S,
    apply_and_wait,
    beam_up,
    slow_frame,
    small_frame,
    take_frame,
)
from operando.drivers.conformance.check import NotOffered, Permission, Proven, Role, check
from operando.drivers.conformance.measurement import Measurement, between, held
from operando.drivers.conformance.safety import confirmed_safe, unknown_when_cut
from operando.drivers.conformance.trial import Picture, Trial
from operando.drivers.errors import InstrumentError, LimitRefused
from operando.drivers.roles import AutofocusRange, BeamConditions, Blanking, HighVoltage, Image

__all__ = ["CHECKS", "same_conditions"]

BEAM = Permission.BEAM
AT_ONCE_S = 3.0
AUTOFOCUS_S = 120.0
FOCUS_RANGE = 0.05
SHIFT_M = 1e-6
DARK = 0.1
LONG_SCAN_S = 4.0


def same_conditions(found: BeamConditions, wanted: BeamConditions) -> tuple[Measurement, ...]:
    """How well conditions that were read back agree with others."""
    because = "what is read back is what was asked for, within what such columns reach"
    ratios = (
        ("voltage", found.voltage_V, wanted.voltage_V, 0.01),
        ("beam current", found.current_A, wanted.current_A, 0.2),
        ("working distance", found.working_distance_m, wanted.working_distance_m, 0.01),
        ("field width", found.field_width_m, wanted.field_width_m, 0.02),
    )
    shift_m = float(np.hypot(found.shift_m[0] - wanted.shift_m[0], found.shift_m[1] - wanted.shift_m[1]))
    near_m = 0.02 * float(np.hypot(*wanted.shift_m)) + 2e-8
    return (
        *(
            between(f"{what} over what was asked for", _ratio(is_now, asked), "", 1 - near, 1 + near, because=because)
            for what, is_now, asked, near in ratios
        ),
        between("beam shift from what was asked for", shift_m, "m", highest=near_m, because=because),
    )


def _ratio(found: float, asked: float) -> float:
    """Zero over zero is as it should be: a beam that is off has no voltage."""
    if asked == 0:
        return 1.0 if found == 0 else math.inf
    return found / asked


@check(Role.COLUMN, "conditions() reads everything back, in SI units, within what the column can be set to.")
def reads_conditions(trial: Trial) -> Proven:
    now, limits = trial.column.conditions(), trial.column.capabilities
    because = "it is within its own limits, in SI units"
    yield between("voltage", now.voltage_V, "V", 0.0, limits.voltage_V[1], because=because)
    yield between("working distance", now.working_distance_m, "m", 0.0, limits.working_distance_m[1], because=because)
    yield between("field width", now.field_width_m, "m", *_wider(limits.field_width_m), because=because)
    yield between("largest working distance", limits.working_distance_m[1], "m", 1e-3, 0.5, because="metres")
    yield between("largest voltage", limits.voltage_V[1], "V", 1e3, 1e6, because="volts")
    yield held("it is not busy", not trial.column.busy(), because="nothing was asked of it")
    state = trial.column.high_voltage()
    yield held(
        "the high voltage works", state is not HighVoltage.FAULT, because="a fault has to be cleared", found=state
    )


def _wider(limits: tuple[float, float]) -> tuple[float, float]:
    return 0.99 * limits[0], 1.01 * limits[1]


@check(Role.COLUMN, "Conditions beyond a limit are refused by LimitRefused; nothing is sent.", BEAM, obedience=True)
def refuses_limits(trial: Trial) -> Proven:
    column = trial.column
    now, limits = column.conditions(), column.capabilities
    beyond = {
        "a voltage above its limit": replace(now, voltage_V=1.5 * limits.voltage_V[1]),
        "a current above its limit": replace(now, current_A=2 * limits.current_A[1]),
        "a working distance that is too short": replace(now, working_distance_m=0.5 * limits.working_distance_m[0]),
        "a field that is too wide": replace(now, field_width_m=2 * limits.field_width_m[1]),
        "a field width that is no number": replace(now, field_width_m=float("nan")),
    }
    for what, conditions in beyond.items():
        refused, said = trial.refused(partial(column.apply, conditions), LimitRefused)
        yield held(f"{what} is refused", refused, because="limits are checked before anything is sent", found=said)
    yield from same_conditions(column.conditions(), now)


@check(
    Role.COLUMN,
    "switch_high_voltage starts to switch, and high_voltage tells when it is on, and off where it was off before.",
    BEAM,
    obedience=True,
)
def raises_high_voltage(trial: Trial) -> Proven:
    column, before = trial.column, trial.column.high_voltage()
    took_s = beam_up(trial)
    yield between("until the high voltage was on", took_s, "s", highest=HIGH_VOLTAGE_S, because="a gun takes so long")
    state = column.high_voltage()
    yield held("the high voltage is on", state is HighVoltage.ON, because="it was switched on", found=state)
    if before is HighVoltage.OFF:  # a beam that somebody has up is not taken from them
        column.switch_high_voltage(on=False)
        took_s = trial.until(lambda: column.high_voltage() is HighVoltage.OFF, HIGH_VOLTAGE_S, 1.0)
        because = "a beam that cannot be switched off is nobody's to switch on"
        yield between("until the high voltage was off", took_s, "s", highest=HIGH_VOLTAGE_S, because=because)


@check(
    Role.COLUMN, "apply starts a change and returns at once; once busy is over, conditions are those asked for.", BEAM
)
def applies_conditions(trial: Trial) -> Proven:
    beam_up(trial)
    before = trial.column.conditions()
    lowest_m, _ = trial.column.capabilities.field_width_m
    shifted = (before.shift_m[0] + SHIFT_M, before.shift_m[1])
    wanted = replace(before, field_width_m=max(lowest_m, 0.5 * before.field_width_m))
    try:
        try:
            called_s, took_s = apply_and_wait(trial, replace(wanted, shift_m=shifted))
            wanted = replace(wanted, shift_m=shifted)
        except LimitRefused as error:
            yield held(
                "beam shift cannot be set, and it says so", True, because="not every column can", found=error.what
            )
            called_s, took_s = apply_and_wait(trial, wanted)
        yield between(
            "apply took", called_s, "s", highest=AT_ONCE_S, because="it starts the change and returns at once"
        )
        yield between("the change took", took_s, "s", highest=HIGH_VOLTAGE_S, because="busy comes to an end")
        yield from same_conditions(trial.column.conditions(), wanted)
    finally:
        apply_and_wait(trial, before)


@check(Role.COLUMN, "blank sets when the beam is blanked and reads the setting back.", BEAM, obedience=True)
def blanks_as_told(trial: Trial) -> Proven:
    _require_blanker(trial)
    for wanted in (Blanking.ALWAYS, Blanking.OUTSIDE_SCANS):
        found = trial.column.blank(wanted)
        yield held(f"it blanks {wanted}", found is wanted, because="the setting is read back", found=found)


@check(
    Role.COLUMN,
    "A blanked beam does not reach the specimen: no absorbed current, and a black frame.",
    BEAM,
    obedience=True,
)
def blanked_is_dark(trial: Trial) -> Proven:
    _require_blanker(trial)
    beam_up(trial)
    shown = {blanking: _seen(trial, blanking) for blanking in (Blanking.OUTSIDE_SCANS, Blanking.ALWAYS)}
    (lit, lit_A), (dark, dark_A) = shown[Blanking.OUTSIDE_SCANS], shown[Blanking.ALWAYS]
    trial.pictures += [Picture("beam on", lit.pixels), Picture("beam blanked", dark.pixels)]
    beam_A = trial.column.conditions().current_A
    seen = lit.pixels.std() > 0 or lit_A > DARK * beam_A
    if not seen:
        raise NotOffered("a specimen at this place that shows whether the beam is on")
    because = "no electron arrives"
    if lit_A > DARK * beam_A:
        yield between("absorbed current, blanked over not", abs(dark_A / lit_A), "", 0.0, DARK, because=because)
    if lit.pixels.std() > 0:
        ratio = float(dark.pixels.std() / lit.pixels.std())
        yield between(
            "contrast, blanked over not", ratio, "", 0.0, 0.5, because="a black frame shows nothing but noise"
        )


def _require_blanker(trial: Trial) -> None:
    if not trial.column.capabilities.blanks:
        raise NotOffered("blanks")


def _seen(trial: Trial, blanking: Blanking) -> tuple[Image, float]:
    """A picture under a blanking, and the absorbed current meanwhile."""
    column, scanner = trial.column, trial.scanner
    column.blank(blanking)
    try:
        request = slow_frame(trial, scanner, LONG_SCAN_S)
        scanner.start(request)
        trial.wait(scanner.capabilities.start_latency_s + 0.25 * scanner.duration_s(request))
        scanner.progress()
        absorbed_A = column.absorbed_current_A() if column.capabilities.measures_absorbed_current else 0.0
        trial.until(lambda: scanner.progress().complete, 60.0)
        return scanner.images()[0], absorbed_A
    finally:
        column.blank(Blanking.OUTSIDE_SCANS)


@check(
    Role.COLUMN, "make_safe keeps the beam from the specimen while a scan runs, and confirms it.", BEAM, obedience=True
)
def becomes_safe(trial: Trial) -> Proven:
    beam_up(trial)
    scanner = trial.scanner
    scanner.start(slow_frame(trial, scanner, LONG_SCAN_S))
    trial.wait(0.5)
    yield from confirmed_safe(trial)
    scanner.stop()
    beam_up(trial)
    take_frame(trial, small_frame(trial, scanner))
    yield held("afterwards it can be used again", True, because="safe is not broken")


@check(Role.COLUMN, "autofocus is started and polled; it ends, within the range that it was given.", BEAM)
def focuses(trial: Trial) -> Proven:
    beam_up(trial)
    column, before = trial.column, trial.column.conditions()
    lowest_m, highest_m = column.capabilities.working_distance_m
    nearest_m = max(lowest_m, (1 - FOCUS_RANGE) * before.working_distance_m)
    farthest_m = min(highest_m, (1 + FOCUS_RANGE) * before.working_distance_m)
    beyond = AutofocusRange(0.5 * lowest_m, farthest_m)
    detector = trial.detectors.available()[0]
    refused, said = trial.refused(lambda: column.autofocus(detector, beyond), LimitRefused)
    yield held("a range beyond its limits is refused", refused, because="there is a box below", found=said)
    _, called_s = trial.timed(lambda: column.autofocus(detector, AutofocusRange(nearest_m, farthest_m)))
    yield between("autofocus took", called_s, "s", highest=AT_ONCE_S, because="it is started, and returns at once")
    took_s = trial.until(lambda: not column.busy(), AUTOFOCUS_S, 0.5)
    yield between("until it was over", took_s, "s", highest=AUTOFOCUS_S, because="it comes to an end")
    found_m = column.conditions().working_distance_m
    because = "it searches where it was told"
    yield between("working distance found", found_m, "m", 0.99 * nearest_m, 1.01 * farthest_m, because=because)
    apply_and_wait(trial, before)


@check(Role.COLUMN, "An unknown detector is an error of ours, before anything is sent.", BEAM)
def refuses_strangers(trial: Trial) -> Proven:
    now = trial.column.conditions()
    within = AutofocusRange(now.working_distance_m * 0.99, now.working_distance_m * 1.01)
    refused, said = trial.refused(lambda: trial.column.autofocus("no such detector", within), InstrumentError)
    yield held("it is refused", refused, because="detectors go by the names of the bench file", found=said)
    if not refused:
        trial.until(lambda: not trial.column.busy(), AUTOFOCUS_S)


CHECKS = (
    reads_conditions,
    refuses_limits,
    refuses_strangers,
    blanks_as_told,
    raises_high_voltage,
    applies_conditions,
    blanked_is_dark,
    becomes_safe,
    unknown_when_cut(Role.COLUMN),
    focuses,
)
