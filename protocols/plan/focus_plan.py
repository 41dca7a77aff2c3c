"""When regions would be focused, as far as that can be foreseen, and what dose their spots would get."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from operando.protocols.focus import FocusRule
from operando.protocols.focus.look import FocusLook, focus_look
from operando.protocols.focus.place import focus_spots
from operando.protocols.plan.bench_facts import BenchFacts
from operando.protocols.plan.planned import PlannedCapture, PlannedFocus
from operando.protocols.program import Program, Region

__all__ = ["focus_plan"]


@dataclass(slots=True)
class _Focused:
    """What one spot sees."""

    spot: Region
    looks: list[FocusLook]
    regions: dict[str, None]


def focus_plan(
    program: Program, captures: Sequence[PlannedCapture], facts: BenchFacts | None
) -> tuple[PlannedFocus, ...]:
    """Focusings of the captures of a dry run, in the order of their first."""
    rule = program.focus
    if rule is None:
        return ()
    scanner = facts.scanner if facts is not None else None
    spots: dict[str, _Focused] = {}
    for planned, spot, region in _due(rule, program, captures):
        seen = spots.setdefault(spot.name, _Focused(spot, [], {}))
        seen.looks.append(focus_look(rule, program.captures[planned.capture], region, scanner))
        seen.regions[region.name] = None
    return tuple(_planned(program, rule, seen) for seen in spots.values())


def _due(
    rule: FocusRule, program: Program, captures: Sequence[PlannedCapture]
) -> Iterator[tuple[PlannedCapture, Region, Region]]:
    spots, tried_s = focus_spots(program), dict[tuple[str, float], float]()
    promised = {one.line for one in program.triggers if one.start_within_s is not None}
    for planned in sorted(captures, key=lambda capture: capture.start_s):
        capture = program.captures[planned.capture]
        if capture.beam.working_distance_m is not None or planned.line in promised:
            continue
        for name in planned.regions:
            spot = spots.get(name)
            last_s = tried_s.get((spot.name, capture.beam.voltage_V)) if spot is not None else None
            since_s = None if last_s is None else planned.start_s - last_s
            if spot is not None and rule.due(since_s, asked=capture.refocus):
                tried_s[spot.name, capture.beam.voltage_V] = planned.start_s
                yield planned, spot, program.regions[name]


def _planned(program: Program, rule: FocusRule, seen: _Focused) -> PlannedFocus:
    doses = [look.dose_C_per_m2 for look in seen.looks]
    own = program.dose.per_region_C_per_m2.get(seen.spot.name)
    budgets = [budget for budget in (own, rule.budget_C_per_m2) if budget is not None]
    return PlannedFocus(
        spot=seen.spot.name,
        regions=tuple(seen.regions),
        x_m=seen.spot.stage.x_m,
        y_m=seen.spot.stage.y_m,
        times=len(doses),
        each_C_per_m2=max(doses),
        total_C_per_m2=sum(doses),
        budget_C_per_m2=min(budgets, default=None),
        each_s=max(look.duration_s for look in seen.looks),
    )
