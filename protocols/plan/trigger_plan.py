"""When triggers would fire, as far as that can be foreseen from the plan of the cycling."""

import math
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from operando.drivers.roles import Galvanostatic, Impedance, OpenCircuit, Potentiostatic
from operando.protocols.plan.planned import PlannedAction, PlannedStep
from operando.protocols.plan.words import source_in_words
from operando.protocols.program import Program, RunStep, Trigger
from operando.protocols.trigger_conditions import (
    AfterEndOf,
    At,
    BeforeEndOf,
    ChargePassed,
    Condition,
    Crosses,
    Every,
    StartOf,
    alternatives_of,
)

__all__ = ["Firing", "firings", "unforeseen"]


@dataclass(frozen=True, slots=True)
class Firing:
    """A trigger comes true at a time, in a cycle, while a step runs (None between steps)."""

    time_s: float
    cycle: int
    step: PlannedStep | None


def firings(
    trigger: Trigger, program: Program, cycling: Sequence[PlannedAction], end_s: float, capture_s: float
) -> Iterator[Firing]:
    """The firings of one trigger that can be foreseen, in order.

    Args:
        trigger: of the program.
        program: that is planned.
        cycling: its actions on the axis of time.
        end_s: of the whole run.
        capture_s: how long the trigger's capture takes.
    """
    last_s = -math.inf
    for firing in sorted(_all(trigger, program, cycling, end_s, capture_s), key=lambda firing: firing.time_s):
        if firing.time_s - last_s < trigger.at_most_every_s:
            continue
        last_s = firing.time_s
        yield firing
        if trigger.once:
            return


def unforeseen(condition: Condition) -> str:
    """Why nobody can say when a condition comes true; empty if it can be said."""
    reasons = [_unforeseen(part) for part in alternatives_of(condition)]
    return "; ".join(dict.fromkeys(reason for reason in reasons if reason))


def _unforeseen(condition: Condition) -> str:
    match condition:
        case Every() | At() | StartOf() | BeforeEndOf() | AfterEndOf() | ChargePassed():
            return ""
        case Crosses(source=source) if source.quantity in ("voltage", "charge"):
            return ""
        case Crosses(source=source) if not source.of_samples:
            return f"nothing is known of the {source_in_words(source)}"
    return "depends on the cell"


def _all(
    trigger: Trigger, program: Program, cycling: Sequence[PlannedAction], end_s: float, capture_s: float
) -> Iterator[Firing]:
    for condition in alternatives_of(trigger.condition):
        match condition:
            case Every(period_s):
                times = (count * period_s for count in range(1, math.ceil(end_s / period_s)))
                yield from _timed(times, trigger, cycling)
            case At(time_s):
                yield from _timed(iter([time_s] if time_s < end_s else []), trigger, cycling)
            case _:
                for action in cycling:
                    if isinstance(action, PlannedStep):
                        yield from _in_step(condition, trigger, program, action, capture_s)


def _timed(times: Iterator[float], trigger: Trigger, cycling: Sequence[PlannedAction]) -> Iterator[Firing]:
    """Counted from the start of the run; what is due while another step runs is left out."""
    starts = [action.start_s for action in cycling]
    for due_s in times:
        action = cycling[bisect_right(starts, due_s) - 1] if cycling else None
        step = action if isinstance(action, PlannedStep) else None
        if (trigger.during or trigger.settled_s) and (step is None or not _concerned(trigger, step, due_s)):
            continue
        yield Firing(due_s, action.cycle if action is not None else 1, step)


def _concerned(trigger: Trigger, step: PlannedStep, time_s: float) -> bool:
    return (not trigger.during or step.name in trigger.during) and time_s >= step.start_s + trigger.settled_s


def _in_step(
    condition: Condition, trigger: Trigger, program: Program, step: PlannedStep, capture_s: float
) -> Iterator[Firing]:
    settled_s = step.start_s + trigger.settled_s
    match condition:
        case StartOf(name) | BeforeEndOf(name) | AfterEndOf(name):
            if name == step.name:
                times = {
                    StartOf: settled_s,
                    BeforeEndOf: max(settled_s, step.end_s - capture_s),
                    AfterEndOf: step.end_s,
                }
                yield Firing(times[type(condition)], step.cycle, step)
        case _ if trigger.during and step.name not in trigger.during:
            return
        case ChargePassed(every_C):
            for count in range(1, math.floor(abs(step.charge_C) / every_C * (1 + 1e-9)) + 1):
                share = count * every_C / abs(step.charge_C)
                yield Firing(max(settled_s, step.start_s + share * step.duration_s), step.cycle, step)
        case Crosses():
            crosses_at = _crosses_at(condition, program, step)
            if crosses_at is not None:
                yield Firing(max(settled_s, step.start_s + crosses_at * step.duration_s), step.cycle, step)


def _crosses_at(condition: Crosses, program: Program, step: PlannedStep) -> float | None:
    """At which share of a step a value goes through its threshold; None if it does not, or nobody knows."""
    sign = 1.0 if condition.direction == "rises" else -1.0
    if condition.source.quantity == "charge":
        within = step.charge_C and 0 < condition.threshold / step.charge_C <= 1
        return condition.threshold / step.charge_C if within and sign * step.charge_C > 0 else None
    if condition.source.quantity != "voltage":
        return None
    action = program.cycling[step.number - 1]
    technique = action.technique if isinstance(action, RunStep) else None
    match technique:
        case Galvanostatic(current_A=current_A, until_voltage_V=end_V):
            leads_there = end_V is not None and sign * (end_V - condition.threshold) >= 0
            return 0.5 if sign * current_A > 0 and leads_there else None
        case Potentiostatic() | OpenCircuit() | Impedance() | None:
            return None
