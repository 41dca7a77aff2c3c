"""The electron dose that each region and each spot has had, and whether there is room for more."""

from collections import defaultdict

from operando.protocols.program import DoseBudget, Region

__all__ = ["DoseAccount"]


class DoseAccount:
    """Adds up charge per area (C/m^2), per region and per spot."""

    def __init__(self, budget: DoseBudget) -> None:
        self._budget = budget
        self._regions: defaultdict[str, float] = defaultdict(float)
        self._this_cycle: defaultdict[tuple[str, int], float] = defaultdict(float)
        self._spots: defaultdict[tuple[str, float, float], float] = defaultdict(float)

    def room_for(self, region: Region, dose_C_per_m2: float, cycle: int) -> bool:
        """Whether a dose fits into the region's budget."""
        budget = self._budget.per_region_C_per_m2.get(region.name)
        if budget is None:
            return True
        per_cycle = region.name in self._budget.per_cycle
        given = self._this_cycle[region.name, cycle] if per_cycle else self._regions[region.name]
        return given + dose_C_per_m2 <= budget

    def room_for_spot(self, dose_C_per_m2: float, spot: tuple[str, float, float]) -> bool:
        """Whether a dose fits into the budget of a spot."""
        budget = self._budget.per_spot_C_per_m2
        return budget is None or self._spots[spot] + dose_C_per_m2 <= budget

    def add(self, region: Region, dose_C_per_m2: float, cycle: int) -> float:
        """Account for a dose; returns the region's total."""
        self._regions[region.name] += dose_C_per_m2
        self._this_cycle[region.name, cycle] += dose_C_per_m2
        return self._regions[region.name]

    def add_scan(
        self, region: Region, current_A: float, duration_s: float, height_per_width: float, cycle: int
    ) -> float:
        """Account for a beam that moved over a region's field for so long; returns the region's total."""
        area_m2 = region.width_m**2 * height_per_width
        return self.add(region, current_A * duration_s / area_m2, cycle)

    def add_spot(self, spot: tuple[str, float, float], dose_C_per_m2: float) -> float:
        """Account for a dose on a spot; returns the spot's total."""
        self._spots[spot] += dose_C_per_m2
        return self._spots[spot]
