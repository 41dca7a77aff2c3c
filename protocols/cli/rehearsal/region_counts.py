"""How many pictures and spectra each region gets."""

from collections import Counter
from dataclasses import dataclass

from operando.protocols.plan import BenchFacts, Plan, cost_of
from operando.protocols.program import Program

__all__ = ["RegionCount", "region_counts"]


@dataclass(frozen=True, slots=True)
class RegionCount:
    """Of one region."""

    pictures: int
    spectra: int


def region_counts(program: Program, plan: Plan, facts: BenchFacts) -> dict[str, RegionCount]:
    """By name, in the order of the protocol; regions that nothing is taken of are left out."""
    visits = Counter((capture.capture, region) for capture in plan.captures for region in capture.regions)
    pictures: Counter[str] = Counter()
    spectra: Counter[str] = Counter()
    for (capture, region), count in visits.items():
        cost = cost_of(program.captures[capture], [program.regions[region]], facts)
        pictures[region] += count * cost.pictures
        spectra[region] += count * cost.spectra
    return {name: RegionCount(pictures[name], spectra[name]) for name in program.regions if name in pictures}
