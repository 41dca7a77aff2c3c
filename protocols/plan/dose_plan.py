"""Adds up the electron dose of planned captures, for each region and for its most exposed spot."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from operando.protocols.plan.bench_facts import BenchFacts
from operando.protocols.plan.capture_cost import FOCUS_S, CaptureCost, cost_of, flux_A_per_m2
from operando.protocols.plan.planned import PlannedCapture, RegionDose, SpotDose
from operando.protocols.program import Program

__all__ = ["dose_plan"]


def dose_plan(
    program: Program, captures: Sequence[PlannedCapture], facts: BenchFacts | None
) -> tuple[tuple[RegionDose, ...], tuple[SpotDose, ...]]:
    """Doses of all regions that captures look at, in the order of the protocol."""
    costs: dict[tuple[str, tuple[str, ...]], CaptureCost] = {}
    per_cycle: defaultdict[str, defaultdict[int, float]] = defaultdict(lambda: defaultdict(float))
    waiting: defaultdict[str, defaultdict[int, float]] = defaultdict(lambda: defaultdict(float))
    spots: defaultdict[str, float] = defaultdict(float)
    focused: set[float] = set()
    for planned in captures:
        key = planned.capture, planned.regions
        if key not in costs:
            regions = [program.regions[name] for name in planned.regions]
            costs[key] = cost_of(program.captures[planned.capture], regions, facts)
        for region, dose in costs[key].region_C_per_m2.items():
            per_cycle[region][planned.cycle] += dose
        for region, dose in _focusing(program, planned, focused):
            waiting[region][planned.cycle] += dose
        for region, dose in costs[key].waiting_C_per_m2.items():
            waiting[region][planned.cycle] += dose
        for region, dose in costs[key].spot_C_per_m2.items():
            spots[region] += dose
    known = [name for name in program.regions if name in per_cycle]
    return (
        tuple(_region_dose(program, name, per_cycle[name], waiting[name]) for name in known),
        tuple(SpotDose(name, spots[name], program.dose.per_spot_C_per_m2) for name in known if name in spots),
    )


def _focusing(program: Program, planned: PlannedCapture, focused: set[float]) -> Iterator[tuple[str, float]]:
    """Dose of the focusing that a capture begins with: when it says so, and when its beam energy is new to the run."""
    if program.focus is not None:
        return  # beside the regions: `focus_plan`
    capture = program.captures[planned.capture]
    energy = capture.beam.voltage_V
    for name in planned.regions:
        new = energy not in focused and capture.beam.working_distance_m is None
        if new or capture.refocus:
            focused.add(energy)
            yield name, FOCUS_S * flux_A_per_m2(capture, program.regions[name])


def _region_dose(program: Program, name: str, cycles: Mapping[int, float], waiting: Mapping[int, float]) -> RegionDose:
    worst = max(cycles, key=lambda cycle: (cycles[cycle], -cycle))
    per_cycle = name in program.dose.per_cycle
    return RegionDose(
        region=name,
        total_C_per_m2=sum(cycles.values()),
        worst_cycle=worst,
        worst_cycle_C_per_m2=cycles[worst],
        waiting_C_per_m2=waiting.get(worst, 0.0) if per_cycle else sum(waiting.values()),
        budget_C_per_m2=program.dose.per_region_C_per_m2.get(name),
        per_cycle=per_cycle,
    )
