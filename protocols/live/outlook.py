"""What is done, what runs and what is still to come, each with its time; so when the run will end."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np
from numpy.typing import NDArray

from operando.protocols.live.steps import StartedStep, kind_of
from operando.protocols.plan import Plan, PlannedCapture, PlannedQuestion, PlannedStep
from operando.protocols.program import Program, RunStep
from operando.protocols.triggers.end_of_step import LOOK_BACK_S, remaining_s

__all__ = ["Stretch", "expected_s", "remaining_of", "stretches"]

Planned = PlannedStep | PlannedQuestion | PlannedCapture

SHORTEST_KNOWN_S = 1.0
NEAR_S = 2.0 * LOOK_BACK_S


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of the protocol on the axis of time; `state` is `done`, `now` or `ahead`."""

    name: str
    kind: str
    cycle: int
    start_s: float
    end_s: float
    state: str


def remaining_of(running: StartedStep, samples: NDArray[np.void], otherwise_s: float) -> float:
    """Seconds until a running step ends: from its end conditions and its last minutes, if those tell, else as expected.

    A prediction from the curve is taken when it says that the end is near, or when the step takes longer than it
    should; far from the end a flat voltage tells nothing, and the bend of the first minutes misleads.
    """
    own = samples[samples["step"] == running.number]
    if not own.size:
        return otherwise_s
    recent = own[own["time_s"] >= own["time_s"][-1] - LOOK_BACK_S]
    by_curve = remaining_s(running, recent)
    elapsed_s = float(own["elapsed_s"][-1]) - running.step.elapsed_before_s
    by_plan = max(0.0, otherwise_s - elapsed_s)
    if running.step.duration_s is not None:
        return min(by_curve, max(0.0, running.step.duration_s - float(own["elapsed_s"][-1])))
    near = elapsed_s > LOOK_BACK_S and by_curve < NEAR_S
    return by_curve if near or by_plan == 0.0 else by_plan


def stretches(
    steps: Sequence[StartedStep],
    program: Program | None,
    plan: Plan | None,
    now_s: float,
    rest_of_step_s: float,
    *,
    ended: bool,
) -> list[Stretch]:
    """The whole run: steps as they were, and what the plan has after them, as long as equal steps took before."""
    found = [
        Stretch(step.name, step.kind, step.cycle, step.started_s, step.ended_s, "done")
        for step in steps
        if step.ended_s is not None
    ]
    running = steps[-1] if steps and steps[-1].ended_s is None else None
    at_s = now_s
    if running is not None:
        at_s = now_s if ended else now_s + rest_of_step_s
        found.append(
            Stretch(running.name, running.kind, running.cycle, running.started_s, at_s, "done" if ended else "now")
        )
    if ended or plan is None or program is None:
        return found
    for action in _to_come(plan, steps):
        name, kind = _what(action, program)
        duration_s = expected_s(name, steps, action) if isinstance(action, PlannedStep) else action.duration_s
        found.append(Stretch(name, kind, action.cycle, at_s, at_s + duration_s, "ahead"))
        at_s += duration_s
    return found


def expected_s(name: str, steps: Sequence[StartedStep], action: PlannedStep | None) -> float:
    """How long a step takes: as long as the last ones of its name, if any has ended, else as planned."""
    took = [step.ended_s - step.started_s for step in steps if step.name == name and step.ended_s is not None]
    known = [duration_s for duration_s in took[-2:] if duration_s > SHORTEST_KNOWN_S]
    if known:
        return fmean(known)
    return action.duration_s if action is not None else 0.0


def _to_come(plan: Plan, steps: Sequence[StartedStep]) -> list[Planned]:
    """What the program has after what was begun. A rest for a capture or a question is known by its line."""
    cycling: list[Planned] = [one for one in plan if not isinstance(one, PlannedCapture) or one.number is not None]
    cycling.sort(key=lambda action: action.number or 0)
    done = max((step.action for step in steps), default=0)
    if steps and not steps[-1].action and steps[-1].line:
        line, cycle = steps[-1].line, steps[-1].cycle
        waiting = [action.number or 0 for action in cycling if action.line == line and action.cycle == cycle]
        done = min((number for number in waiting if number > done), default=done)
    return [action for action in cycling if (action.number or 0) > done]


def _what(action: Planned, program: Program) -> tuple[str, str]:
    match action:
        case PlannedCapture():
            return action.capture, "capture"
        case PlannedQuestion():
            return action.question, "question"
        case PlannedStep():
            step = program.cycling[action.number - 1]
            return action.name, kind_of(step.technique) if isinstance(step, RunStep) else "rest"
