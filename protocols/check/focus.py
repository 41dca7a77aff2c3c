"""Can regions be focused as the protocol says, without harm to any of them?"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from operando.drivers.documents import unknown_word
from operando.protocols.check.finding import Finding, error, warning
from operando.protocols.check.stage import check_stage
from operando.protocols.focus import FocusRule
from operando.protocols.focus.look import focus_look
from operando.protocols.focus.place import captures_of, focus_spots, overlap
from operando.protocols.plan import BenchFacts, Plan
from operando.protocols.program import Program, Region

__all__ = ["check_focus"]


def check_focus(program: Program, facts: BenchFacts | None, plan: Plan) -> Iterator[Finding]:
    """Spots that are sacrificed, their dose, and what column, scanner and stage can do."""
    rule = program.focus
    if rule is None:
        return
    spots = focus_spots(program)
    if not spots:
        yield warning(rule.line, "there is a rule for focus, and no capture that it serves", "Leave 'focus' out.")
        return
    yield from _places(program, rule, spots)
    yield from _doses(program, rule, facts)
    for planned in plan.focusing:
        if planned.budget_C_per_m2 is not None and planned.total_C_per_m2 > planned.budget_C_per_m2:
            yield error(
                rule.line,
                f"{planned.spot!r} gets {planned.total_C_per_m2:.4g} C/m^2 by {planned.times} focusings, "
                f"{planned.budget_C_per_m2:g} C/m^2 are allowed",
                "Focus less often, with a smaller 'largest_dose', or raise the budget of the spot.",
                dose_C_per_m2=planned.total_C_per_m2,
                budget_C_per_m2=planned.budget_C_per_m2,
            )
    if facts is not None:
        yield from _bench(program, rule, facts, [spot for spot in spots.values() if spot is not None])


def _places(program: Program, rule: FocusRule, spots: Mapping[str, Region | None]) -> Iterator[Finding]:
    for name, spot in spots.items():
        if spot is None:
            yield error(
                rule.line,
                f"there is no room beside region {name!r} that no other region reaches",
                "Place the regions farther apart, or name a region to be sacrificed: 'on: NAME'.",
            )
    if rule.on is None:
        return
    sacrificed = program.regions[rule.on]
    for capture in program.captures.values():
        if rule.on in capture.regions:
            yield error(
                capture.line,
                f"capture {capture.name!r} looks at region {rule.on!r}, which is sacrificed to focus",
                "Take it out of the capture, or sacrifice another one.",
            )
    for region in program.regions.values():
        if region.name != rule.on and overlap(sacrificed, region, 0.0):
            yield error(
                sacrificed.line,
                f"region {rule.on!r}, which is sacrificed to focus, overlaps region {region.name!r}",
                "Move it away: what is focused on sees the beam often.",
            )


def _doses(program: Program, rule: FocusRule, facts: BenchFacts | None) -> Iterator[Finding]:
    scanner = facts.scanner if facts is not None else None
    for region in program.regions.values():
        for capture in captures_of(program, region):
            look = focus_look(rule, capture, region, scanner)
            if not look.enough:
                yield error(
                    rule.line,
                    f"one focusing of region {region.name!r} for capture {capture.name!r} takes at least "
                    f"{look.dose_C_per_m2:.3g} C/m^2, {rule.largest_dose_C_per_m2:g} C/m^2 are allowed",
                    "Allow a larger dose, or take the capture with a smaller current or a wider field.",
                    dose_C_per_m2=look.dose_C_per_m2,
                    largest_C_per_m2=rule.largest_dose_C_per_m2,
                )


def _bench(program: Program, rule: FocusRule, facts: BenchFacts, spots: list[Region]) -> Iterator[Finding]:
    if rule.detector is not None and facts.detectors and rule.detector not in facts.detectors:
        what = f"focus: {unknown_word('detector', rule.detector, facts.detectors)}"
        yield error(rule.line, what, "Detectors have the names that the bench file gives them.")
    if facts.column is not None:
        nearest_m, farthest_m = facts.column.working_distance_m
        if 2 * rule.range_m > farthest_m - nearest_m:
            yield error(
                rule.line,
                f"a range of {rule.range_m * 1e6:g} um to both sides is more than the column's "
                f"{nearest_m * 1e3:g} to {farthest_m * 1e3:g} mm",
                "Choose a smaller 'range'.",
            )
    if facts.stage is not None and rule.on is None:
        beside = {spot.name: spot for spot in spots}
        with_spots = replace(program, regions={**program.regions, **beside})
        yield from (finding for finding in check_stage(with_spots, facts) if finding.line == rule.line)
