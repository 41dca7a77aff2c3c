"""When triggers would fire, as far as that can be foreseen from the plan of the cycling."""

import math
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from operando.drivers.roles import Galvanostatic
from operando.protocols.plan.planned import PlannedAction, PlannedStep
from operando.protocols.program import (
    AfterEndOf,
    BeforeEndOf,
    ChargePassed,
    Every,
    Program,
    RunStep,
    Trigger,
    VoltageChanges,
    VoltageCrosses,
)

__all__ = ["Firing", "firings"]


@dataclass(frozen=True, slots=True)
class Firing:
    """A trigger comes true at a time, in a cycle, while a step runs (None between steps)."""

    time_s: float
    cycle: int
    step: PlannedStep | None


def firings(
    trigger: Trigger, program: Program, cycling: Sequence[PlannedAction], end_s: float, capture_s: float
) -> Iterator[Firing]:
    """The firings of one trigger, in order.

    Args:
        trigger: of the program.
        program: that is planned.
        cycling: its actions on the axis of time.
        end_s: of the whole run.
        capture_s: how long the trigger's capture takes.
    """
    found = (
        _every(trigger.condition, trigger, cycling, end_s)
        if isinstance(trigger.condition, Every)
        else (
            firing
            for action in cycling
            if isinstance(action, PlannedStep)
            for firing in _in_step(trigger, program, action, capture_s)
        )
    )
    for firing in found:
        yield firing
        if trigger.once:
            return


def _every(condition: Every, trigger: Trigger, cycling: Sequence[PlannedAction], end_s: float) -> Iterator[Firing]:
    """Counted from the start of the run; what is due while another step runs is left out."""
    starts = [action.start_s for action in cycling]
    for count in range(1, math.ceil(end_s / condition.period_s)):
        due_s = count * condition.period_s
        action = cycling[bisect_right(starts, due_s) - 1] if cycling else None
        step = action if isinstance(action, PlannedStep) else None
        if trigger.during and (step is None or not _concerned(trigger, step, due_s)):
            continue
        yield Firing(due_s, action.cycle if action is not None else 1, step)


def _concerned(trigger: Trigger, step: PlannedStep, time_s: float) -> bool:
    return step.name in trigger.during and time_s >= step.start_s + trigger.settled_s


def _in_step(trigger: Trigger, program: Program, step: PlannedStep, capture_s: float) -> Iterator[Firing]:
    condition = trigger.condition
    if isinstance(condition, BeforeEndOf | AfterEndOf):
        if condition.step == step.name:
            early_s = capture_s if isinstance(condition, BeforeEndOf) else 0.0
            yield Firing(max(step.start_s, step.end_s - early_s), step.cycle, step)
        return
    if trigger.during and step.name not in trigger.during:
        return
    match condition:
        case ChargePassed(every_C):
            for count in range(1, math.floor(abs(step.charge_C) / every_C * (1 + 1e-9)) + 1):
                share = count * every_C / abs(step.charge_C)
                yield Firing(step.start_s + share * step.duration_s, step.cycle, step)
        case VoltageCrosses():
            if _may_cross(condition, program, step):
                yield Firing(step.start_s + step.duration_s / 2, step.cycle, step)
        case Every() | VoltageChanges():
            return


def _may_cross(condition: VoltageCrosses, program: Program, step: PlannedStep) -> bool:
    """A step at constant current in the right direction whose end does not lie before the threshold."""
    action = program.cycling[step.number - 1]
    technique = action.technique if isinstance(action, RunStep) else None
    if not isinstance(technique, Galvanostatic):
        return False
    sign = 1.0 if condition.direction == "rises" else -1.0
    end_V = technique.until_voltage_V
    return sign * technique.current_A > 0 and (end_V is None or sign * (end_V - condition.threshold_V) >= 0)
