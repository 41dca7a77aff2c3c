"""Electron dose of each region, against the budget of the protocol."""

from collections.abc import Sequence
from dataclasses import dataclass

from operando.protocols.program import DoseBudget
from operando.protocols.record import FrameRow, SpectrumRow

__all__ = ["LITHIUM_mAh_PER_CM2", "RegionDose", "dose_by_region"]

LITHIUM_mAh_PER_CM2 = 1e-4 / 3.6
"""Of a dose of 1 C/m^2: what it would plate if every electron of the beam did."""


@dataclass(frozen=True, slots=True)
class RegionDose:
    """The dose of a region as it grew.

    Args:
        times_s, total_C_per_m2: after each scan.
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
    frames: Sequence[FrameRow], spectra: Sequence[SpectrumRow], budget: DoseBudget | None
) -> list[RegionDose]:
    """The regions in the order in which they were first looked at.

    Rows of spectra carry the dose of their spot, not of the region; they are counted here and not added.
    """
    rows: list[FrameRow | SpectrumRow] = [*frames, *spectra]
    names = dict.fromkeys(row.region for row in sorted(rows, key=lambda row: row.start_s))
    return [_of(name, frames, spectra, budget) for name in names]


def _of(name: str, frames: Sequence[FrameRow], spectra: Sequence[SpectrumRow], budget: DoseBudget | None) -> RegionDose:
    own = sorted((frame for frame in frames if frame.region == name), key=lambda frame: frame.end_s)
    known = [frame for frame in own if frame.dose_C_per_m2 == frame.dose_C_per_m2]
    by_cycle: dict[int, float] = {}
    before = 0.0
    for frame in known:
        by_cycle[frame.cycle] = by_cycle.get(frame.cycle, 0.0) + frame.dose_C_per_m2 - before
        before = frame.dose_C_per_m2
    return RegionDose(
        name,
        tuple(frame.end_s for frame in known),
        tuple(frame.dose_C_per_m2 for frame in known),
        len(own),
        sum(row.region == name for row in spectra),
        tuple(by_cycle.items()),
        budget.per_region_C_per_m2.get(name) if budget else None,
        name in budget.per_cycle if budget else False,
    )
