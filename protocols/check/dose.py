"""Does the electron dose stay within its budgets, by region and by spot?"""

from collections.abc import Iterator

from operando.protocols.check.finding import Finding, error, warning
from operando.protocols.check.lines import line_of
from operando.protocols.plan import EventTrigger, Plan, RegionDose, SpotDose
from operando.protocols.program import Program

__all__ = ["check_dose"]


def check_dose(program: Program, plan: Plan) -> Iterator[Finding]:
    """Foreseen doses against budgets, and how many unforeseen events the rest is good for."""
    for region in plan.regions:
        yield from _region(program, region)
        for event in plan.events:
            yield from _event(region, event)
    for spot in plan.spots:
        yield from _spot(program, spot)


def _region(program: Program, dose: RegionDose) -> Iterator[Finding]:
    budget = dose.budget_C_per_m2
    if budget is not None and dose.counted_C_per_m2 > budget:
        when = f"in cycle {dose.worst_cycle}" if dose.per_cycle else "in all"
        yield error(
            line_of(program, "dose", dose.region),
            f"region {dose.region!r} gets {dose.counted_C_per_m2:.4g} C/m^2 {when}, "
            f"{budget:g} C/m^2 {'per cycle ' if dose.per_cycle else ''}are allowed",
            "Take fewer pictures or points, a shorter dwell, a smaller current or a wider field.",
            dose_C_per_m2=dose.counted_C_per_m2,
            budget_C_per_m2=budget,
        )
    elif budget is not None and dose.counted_C_per_m2 + dose.waiting_C_per_m2 > budget:
        yield warning(
            line_of(program, "dose", dose.region),
            f"region {dose.region!r} gets {dose.counted_C_per_m2:.4g} C/m^2 by what is written, and about "
            f"{dose.waiting_C_per_m2:.4g} C/m^2 more while the beam focuses and waits; {budget:g} C/m^2 are allowed",
            "What no longer fits will not be taken. Count longer at fewer points, or leave room in the budget.",
            dose_C_per_m2=dose.counted_C_per_m2,
            waiting_C_per_m2=dose.waiting_C_per_m2,
            budget_C_per_m2=budget,
        )


def _event(region: RegionDose, event: EventTrigger) -> Iterator[Finding]:
    each = event.dose_C_per_m2.get(region.region, 0.0)
    if region.budget_C_per_m2 is None or each <= 0:
        return
    room = region.budget_C_per_m2 - region.counted_C_per_m2
    if 0 <= room < each:
        yield warning(
            event.line,
            f"what is foreseen leaves {room:.3g} C/m^2 for region {region.region!r}, "
            f"one {event.capture!r} needs {each:.3g} C/m^2",
            "It will not be taken. Leave room in the budget for it.",
            room_C_per_m2=room,
            needed_C_per_m2=each,
        )


def _spot(program: Program, dose: SpotDose) -> Iterator[Finding]:
    if dose.budget_C_per_m2 is not None and dose.total_C_per_m2 > dose.budget_C_per_m2:
        yield error(
            line_of(program, "dose", "spot"),
            f"one spot of region {dose.region!r} gets {dose.total_C_per_m2:.4g} C/m^2 "
            f"({dose.total_mAh_per_cm2:.3g} mAh/cm^2) under the parked beam, "
            f"{dose.budget_C_per_m2:g} C/m^2 are allowed",
            "Count for a shorter time, with a smaller current, or less often.",
            dose_C_per_m2=dose.total_C_per_m2,
            budget_C_per_m2=dose.budget_C_per_m2,
        )
