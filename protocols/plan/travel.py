"""The order in which planned captures visit their regions, and the time that settling adds: as in the run."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

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
    calm = Settling()
    for planned in sorted(captures, key=lambda capture: capture.start_s):
        regions = [program.regions[name] for name in planned.regions]
        visits = list(fields_of(program.captures[planned.capture], regions, found or UNKNOWN))
        order = cheapest_order(visits, lambda visit: visit, here, program.settling)
        added_s = _way_s(order, here, program.settling) - _way_s(order, here, calm)
        duration_s = planned.duration_s + (added_s if planned.number is None else 0.0)
        here = Whereabouts.at(order[-1]) if order else here
        names = dict.fromkeys(visit.region for visit in order)
        yield replace(planned, regions=tuple(names), duration_s=duration_s)


def _way_s(order: list[FieldVisit], here: Whereabouts, settling: Settling) -> float:
    total = 0.0
    for visit in order:
        total += change_s(here, visit, settling)
        here = Whereabouts.at(visit)
    return total
