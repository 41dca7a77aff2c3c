"""Conditions of `when` that can never come true, and those whose gauge is not there."""

import math
from collections.abc import Iterator

from operando.drivers.documents import unknown_word
from operando.drivers.roles import Impedance
from operando.protocols.check.finding import Finding, error, warning
from operando.protocols.check.steps import distinct_steps
from operando.protocols.plan import BenchFacts, plan
from operando.protocols.plan.words import condition_in_words, source_in_words, value_in_words
from operando.protocols.program import Program, RunStep, Trigger
from operando.protocols.trigger_conditions import (
    AllOf,
    At,
    BeforeEndOf,
    Changes,
    Condition,
    Crosses,
    Not,
    Rate,
    Source,
    Value,
    alternatives_of,
    parts_of,
    values_of,
)

__all__ = ["check_triggers"]

LEAVE_OUT = "Change the condition, or leave the trigger out."


def check_triggers(program: Program, facts: BenchFacts | None) -> Iterator[Finding]:
    """Every trigger by itself.

    Args:
        program: with triggers.
        facts: of the bench; without them nothing is said about gauges.
    """
    for trigger in program.triggers:
        reasons = [_never(one, trigger, program, facts) for one in alternatives_of(trigger.condition)]
        if all(reasons):
            yield error(trigger.line, f"this never comes true: {'; '.join(reasons)}", LEAVE_OUT)
        else:
            for reason in filter(None, reasons):
                yield warning(trigger.line, f"a part of this never comes true: {reason}", LEAVE_OUT)
        if facts is not None:
            yield from _gauges(trigger, facts)
        yield from _times(trigger, program)
    yield from _paces(program, facts)


def _never(condition: Condition, trigger: Trigger, program: Program, facts: BenchFacts | None) -> str:
    """Why a condition cannot come true; empty if it can."""
    if facts is not None and facts.potentiostat is not None and facts.potentiostat.observed:
        return ""  # which steps another program will run, nobody here knows
    steps = [step for step in distinct_steps(program) if not trigger.during or step.name in trigger.during]
    longest_s = max((step.maximum_duration_s for step in steps), default=0.0)
    if (trigger.during or any(value.source.of_samples for value in values_of(condition))) and not steps:
        return "no step runs while it is looked at"
    if trigger.settled_s and trigger.settled_s >= longest_s:
        return f"no step that it concerns lasts {trigger.settled_s:g} s"
    parts = condition.parts if isinstance(condition, AllOf) else (condition,)
    reasons = [_value_never(part, program, longest_s) for part in parts if isinstance(part, Crosses | Changes | Rate)]
    return next((reason for reason in [*reasons, _apart(parts)] if reason), "")


def _value_never(value: Value, program: Program, longest_s: float) -> str:
    source, words = value.source, condition_in_words(value)
    if source.quantity == "impedance" and not any(isinstance(s.technique, Impedance) for s in distinct_steps(program)):
        return "the protocol measures no impedance"
    if source.quantity == "dose":
        return _dose_never(value, program)
    if not source.of_samples:
        return ""
    lasts_s = value.for_s if isinstance(value, Crosses) else 0.0 if isinstance(value, Changes) else value.over_s
    if lasts_s > longest_s:
        return f"{words}, and no step that it concerns lasts so long"
    window = _window(source, program)
    if window is None:
        return ""
    low, high = window
    if isinstance(value, Crosses) and not low < value.threshold < high:
        told = f"{value_in_words(source, low)} to {value_in_words(source, high)}"
        return f"{value_in_words(source, value.threshold)} is outside the safety window of {told}"
    if isinstance(value, Changes) and value.by > high - low:
        return f"{words}, more than the safety window is wide"
    return ""


def _window(source: Source, program: Program) -> tuple[float, float] | None:
    """Between which values the run goes on."""
    if program.safety is None:
        return None
    return {"voltage": program.safety.voltage_V, "current": program.safety.current_A}.get(source.quantity)


def _dose_never(value: Value, program: Program) -> str:
    region, budget = value.source.name, program.dose.per_region_C_per_m2
    if not any(region in capture.regions and capture.detectors for capture in program.captures.values()):
        return f"no picture is taken of {region}, with which its dose would be told"
    allowed_C_per_m2 = math.inf if region in program.dose.per_cycle else budget.get(region, math.inf)
    if isinstance(value, Crosses) and value.threshold > allowed_C_per_m2:
        return f"no more than {allowed_C_per_m2:g} C/m^2 are allowed for {region}"
    return ""


def _apart(parts: tuple[Condition, ...]) -> str:
    """Thresholds of one value that exclude each other."""
    ranges: dict[Source, tuple[float, float]] = {}
    for part in parts:
        crossing, opposite = (part.part, True) if isinstance(part, Not) else (part, False)
        if not isinstance(crossing, Crosses):
            continue
        low, high = ranges.get(crossing.source, (-math.inf, math.inf))
        if (crossing.direction == "rises") != opposite:
            low = max(low, crossing.threshold)
        else:
            high = min(high, crossing.threshold)
        ranges[crossing.source] = low, high
    for source, (low, high) in ranges.items():
        if low > high:
            told = f"above {value_in_words(source, low)} and below {value_in_words(source, high)}"
            return f"the {source_in_words(source)} is never {told} at once"
    return ""


def _gauges(trigger: Trigger, facts: BenchFacts) -> Iterator[Finding]:
    there = {"pressure": facts.pressures, "temperature": facts.thermometers, "force": facts.forces}
    for value in values_of(trigger.condition):
        known = there.get(value.source.quantity)
        if known is not None and value.source.name not in known:
            what = unknown_word(value.source.quantity, value.source.name, known)
            yield error(trigger.line, f"{what}: the condition never comes true", "Gauges are named in the bench file.")


def _times(trigger: Trigger, program: Program) -> Iterator[Finding]:
    for part in parts_of(trigger.condition):
        if isinstance(part, At) and part.time_s >= (ends_s := plan(program).duration_s):
            yield warning(
                trigger.line,
                f"the run is estimated to end after {ends_s:.0f} s, before the {part.time_s:g} s of 'at'",
                LEAVE_OUT,
                at_s=part.time_s,
                ends_s=ends_s,
            )
        if isinstance(part, BeforeEndOf) and any(
            isinstance(action, RunStep) and action.name == part.step and isinstance(action.technique, Impedance)
            for action in program
        ):
            yield warning(
                trigger.line,
                f"nobody can foresee when {part.step!r} ends: an impedance spectrum takes its own time",
                "Take the capture after its end, or just before the end of the step in front of it.",
            )


def _paces(program: Program, facts: BenchFacts | None) -> Iterator[Finding]:
    """What captures want to know of the time before their event."""
    triggered = {trigger.capture for trigger in program.triggers}
    for capture in program.captures.values():
        if capture.before is None:
            continue
        if capture.name not in triggered:
            what = f"no trigger takes capture {capture.name!r}: there is no event that its 'before' could belong to"
            yield warning(capture.line, what, "Leave it out.")
        can, every_s = facts.potentiostat if facts else None, capture.before.every_s
        if can is not None and every_s is not None and every_s < can.shortest_interval_s:
            yield error(
                capture.line,
                f"capture {capture.name!r} wants samples every {every_s:g} s before its event, "
                f"the potentiostat samples no faster than every {can.shortest_interval_s:g} s",
                "Allow more time between samples.",
                every_s=every_s,
                shortest_s=can.shortest_interval_s,
            )
