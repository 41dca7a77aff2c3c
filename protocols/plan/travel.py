"""The order in which planned captures visit their regions, and the time that settling adds: as in the run."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from operando.drivers.roles import StagePosition
from operando.protocols.plan.bench_facts import BenchFacts
from operando.protocols.plan.fields import FieldVisit, fields_of
from operando.protocols.plan.planned import PlannedCapture
from operando.protocols.plan.route import Whereabouts, change_s, cheapest_order
from operando.protocols.policies import Settling
from operando.protocols.program import Program

__all__ = ["travelled"]

UNKNOWN = StagePosition(0.0, 0.0, 0.0)


def travelled(
    program: Program, captures: Iterable[PlannedCapture], facts: BenchFacts | None
) -> Iterator[PlannedCapture]:
    """The captures in the order of their start, each with its regions in the order in which they are visited.

    Args:
        program: that is planned.
        captures: what it takes.
        facts: where the stage stands now, if that is known.
    """
    found = facts.stage_position if facts is not None else None
    here = Whereabouts(stage=found)
    ways: dict[tuple[str, tuple[str, ...], Whereabouts], _Way] = {}
    for planned in sorted(captures, key=lambda capture: capture.start_s):
        asked = planned.capture, planned.regions, here
        way = ways.get(asked)
        if way is None:  # the same few ways again and again, for weeks
            way = ways[asked] = _way(program, planned, here, found or UNKNOWN)
        here = way.there
        added_s = way.added_s if planned.number is None else 0.0
        if way.regions == planned.regions and added_s == 0.0:
            yield planned
        else:
            yield replace(planned, regions=way.regions, duration_s=planned.duration_s + added_s)


@dataclass(frozen=True, slots=True)
class _Way:
    """Through the fields of a capture: its regions in order, what settling adds, and where it ends."""

    regions: tuple[str, ...]
    added_s: float
    there: Whereabouts


def _way(program: Program, planned: PlannedCapture, here: Whereabouts, found: StagePosition) -> _Way:
    regions = [program.regions[name] for name in planned.regions]
    visits = list(fields_of(program.captures[planned.capture], regions, found))
    order = cheapest_order(visits, lambda visit: visit, here, program.settling)
    added_s = _way_s(order, here, program.settling) - _way_s(order, here, Settling())
    names = dict.fromkeys(visit.region for visit in order)
    return _Way(tuple(names), added_s, Whereabouts.at(order[-1]) if order else here)


def _way_s(order: list[FieldVisit], here: Whereabouts, settling: Settling) -> float:
    total = 0.0
    for visit in order:
        total += change_s(here, visit, settling)
        here = Whereabouts.at(visit)
    return total
