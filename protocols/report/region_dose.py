"""Electron dose of each region, against the budget of the protocol."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from operando.protocols.program import DoseBudget
from operando.protocols.record import Exposure, FrameRow, SpectrumRow

__all__ = ["LITHIUM_mAh_PER_CM2", "RegionDose", "dose_by_region"]

LITHIUM_mAh_PER_CM2 = 1e-4 / 3.6
"""Of a dose of 1 C/m^2: what it would plate if every electron of the beam did."""


@dataclass(frozen=True, slots=True)
class RegionDose:
    """The dose of a region as it grew.

    Args:
        times_s, total_C_per_m2: after each exposure.
        frames: pictures taken there; spectra: spectra and maps.
        by_cycle: dose that was given in each cycle, C/m^2.
        budget_C_per_m2: as the protocol allows it; None if it says nothing.
        per_cycle: whether the budget is meant for each cycle.
    """

    region: str
    times_s: tuple[float, ...]
    total_C_per_m2: tuple[float, ...]
    frames: int
    spectra: int
    by_cycle: tuple[tuple[int, float], ...]
    budget_C_per_m2: float | None
    per_cycle: bool

    @property
    def counted_C_per_m2(self) -> float:
        """What counts against the budget: the fullest cycle, or all of it."""
        if self.per_cycle:
            return max((dose for _, dose in self.by_cycle), default=0.0)
        return self.total_C_per_m2[-1] if self.total_C_per_m2 else 0.0


def dose_by_region(
    frames: Sequence[FrameRow],
    spectra: Sequence[SpectrumRow],
    exposures: Sequence[Exposure],
    budget: DoseBudget | None,
) -> list[RegionDose]:
    """The regions in the order in which they were first looked at.

    Args:
        exposures: everything that was booked: pictures, focusing, X-ray maps. Of a record without them the dose is
            that in the rows of its frames; rows of spectra carry the dose of their spot, not of the region.
    """
    first_s: dict[str, float] = {}
    looks = [(row.region, row.start_s) for row in frames] + [(row.region, row.start_s) for row in spectra]
    for region, time_s in [*looks, *((exposure.region, exposure.time_s) for exposure in exposures)]:
        first_s[region] = min(time_s, first_s.get(region, math.inf))
    given = exposures or _from_frames(frames)
    return [_of(name, frames, spectra, given, budget) for name in sorted(first_s, key=lambda name: first_s[name])]


def _from_frames(frames: Sequence[FrameRow]) -> list[Exposure]:
    """The dose in a row is that of the region so far."""
    found, before = [], dict.fromkeys((row.region for row in frames), 0.0)
    for row in sorted(frames, key=lambda row: row.end_s):
        if not math.isnan(row.dose_C_per_m2):
            dose = row.dose_C_per_m2 - before[row.region]
            found.append(Exposure(row.end_s, row.region, "frame", dose, row.cycle))
            before[row.region] = row.dose_C_per_m2
    return found


def _of(
    name: str,
    frames: Sequence[FrameRow],
    spectra: Sequence[SpectrumRow],
    exposures: Sequence[Exposure],
    budget: DoseBudget | None,
) -> RegionDose:
    own = [exposure for exposure in exposures if exposure.region == name]
    by_cycle: dict[int, float] = {}
    for exposure in own:
        by_cycle[exposure.cycle] = by_cycle.get(exposure.cycle, 0.0) + exposure.dose_C_per_m2
    return RegionDose(
        name,
        tuple(exposure.time_s for exposure in own),
        tuple(accumulate(exposure.dose_C_per_m2 for exposure in own)),
        sum(row.region == name for row in frames),
        sum(row.region == name for row in spectra),
        tuple(by_cycle.items()),
        budget.per_region_C_per_m2.get(name) if budget else None,
        name in budget.per_cycle if budget else False,
    )
