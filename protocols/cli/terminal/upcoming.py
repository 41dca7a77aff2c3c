"""Which captures come next, from what the record knows of the steps and what the protocol asks for."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from operando.protocols.live.look import Look
from operando.protocols.live.outlook import Stretch, stretches
from operando.protocols.live.sections.cell import rest_of_step_s
from operando.protocols.plan.capture_cost import cost_of
from operando.protocols.plan.words import condition_in_words
from operando.protocols.program import Program, Trigger
from operando.protocols.trigger_conditions import (
    AfterEndOf,
    At,
    BeforeEndOf,
    Condition,
    Every,
    StartOf,
    alternatives_of,
)

__all__ = ["Upcoming", "next_captures"]


@dataclass(frozen=True, slots=True)
class Upcoming:
    """A capture that should be taken at a run time, and why."""

    time_s: float
    capture: str
    reason: str


def next_captures(look: Look) -> list[Upcoming]:
    """The next of each kind that can be foreseen, in order of time; empty when the run is over."""
    program = look.documents.program
    if program is None or look.over:
        return []
    run = stretches(look.steps, program, look.documents.plan, look.now_s, rest_of_step_s(look), ended=False)
    ahead = [one for one in run if one.state != "done"]
    found = list(_awaited(ahead))
    fired = {(event.details.get("capture"), event.details.get("line")) for event in look.events}
    for trigger in program.triggers:
        if trigger.once and (trigger.capture, trigger.line) in fired:
            continue
        times = [time_s for time_s in _times(trigger, program, look, ahead) if time_s > look.now_s]
        if times:
            found.append(Upcoming(min(times), trigger.capture, condition_in_words(trigger.condition)))
    return sorted(found, key=lambda one: one.time_s)


def _awaited(ahead: Sequence[Stretch]) -> Iterator[Upcoming]:
    first = next((one for one in ahead if one.kind == "capture" and one.state == "ahead"), None)
    if first is not None:
        yield Upcoming(first.start_s, first.name, "cycling waits for it")


def _times(trigger: Trigger, program: Program, look: Look, ahead: Sequence[Stretch]) -> Iterator[float]:
    """When a trigger should fire next, for each alternative of its condition that can be foreseen."""
    began = look.last("triggers", "timers started")
    began_s = float(str(began.details.get("started_s", 0.0))) if began else 0.0
    capture = program.captures[trigger.capture]
    for condition in alternatives_of(trigger.condition):
        if isinstance(condition, BeforeEndOf):
            early_s = cost_of(capture, [program.regions[name] for name in capture.regions], None).duration_s
        else:
            early_s = 0.0
        for one in ahead:
            time_s = _in_stretch(condition, trigger, one, max(look.now_s, one.start_s + trigger.settled_s), began_s)
            if time_s is not None:
                yield time_s - early_s
                break


def _in_stretch(condition: Condition, trigger: Trigger, one: Stretch, from_s: float, began_s: float) -> float | None:
    match condition:
        case StartOf(step):
            return one.start_s + trigger.settled_s if one.name == step and one.state == "ahead" else None
        case BeforeEndOf(step) | AfterEndOf(step):
            return one.end_s if one.name == step else None
        case _ if trigger.during and one.name not in trigger.during:
            return None
        case Every(period_s):
            due_s = began_s + period_s * (math.floor((from_s - began_s) / period_s) + 1)
            return due_s if due_s < one.end_s else None
        case At(time_s):
            due_s = began_s + time_s
            return due_s if from_s <= due_s < one.end_s else None
        case _:
            return None
