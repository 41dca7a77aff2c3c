"""The timeline of a plan, with cycles that are alike told once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from operando.protocols.plan import Plan, PlannedCapture, PlannedQuestion, PlannedStep

__all__ = ["Told", "timeline"]

Cycling = PlannedStep | PlannedQuestion | PlannedCapture


@dataclass(frozen=True, slots=True)
class Told:
    """An action of the timeline, or so many cycles that are as the one before.

    Args:
        action: None for cycles that are left out.
        alike: numbers of the first and the last of these.
        cycle_s: how long each of them takes.
        start_s: of the action, or of the first of them.
    """

    action: Cycling | None
    alike: tuple[int, int] = (0, 0)
    cycle_s: float = 0.0
    start_s: float = 0.0


def timeline(plan: Plan) -> Iterator[Told]:
    """What cycling does in the order of time; captures of triggers are not part of it."""
    cycling = [one for one in plan if not isinstance(one, PlannedCapture) or one.number is not None]
    cycles = [list(own) for _, own in groupby(cycling, key=lambda one: one.cycle)]
    at = 0
    while at < len(cycles):
        yield from (Told(action, start_s=action.start_s) for action in cycles[at])
        last = at
        while last + 1 < len(cycles) and _shape(cycles[last + 1]) == _shape(cycles[at]):
            last += 1
        if last > at:
            first = cycles[at + 1]
            alike = (first[0].cycle, cycles[last][0].cycle)
            yield Told(None, alike, first[-1].end_s - first[0].start_s, first[0].start_s)
        at = last + 1


def _shape(cycle: Sequence[Cycling]) -> list[tuple[str, int]]:
    """Actions with their times, to the second."""
    return [(_name(action), round(action.duration_s)) for action in cycle]


def _name(action: Cycling) -> str:
    match action:
        case PlannedStep():
            return action.name
        case PlannedQuestion():
            return action.question
        case PlannedCapture():
            return action.capture
