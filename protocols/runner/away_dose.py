"""What the regions may have been given while somebody else held the microscope: estimated from what could be read.

Every so often the state of the microscope is read. Between two readings the beam is taken to have been on a region for
the whole time if either of them, or anything between the two places, allows it: the estimate is the highest that fits.
A beam that stands still and is not blanked shows no absorbed current on a SharkSEM, and is not seen.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from operando.drivers.roles import BeamConditions, HighVoltage, StagePosition
from operando.protocols.plan.fields import TILE_OVERLAP
from operando.protocols.program import Region

__all__ = ["AwayDose", "Place", "Reading", "places_of"]

LONGEST_GAP_S = 15.0
"""Between two readings; over a longer one nobody knows what was done."""
HEIGHT_PER_WIDTH = 0.75
NO_BEAM_SHARE = 1e-3
"""Of the beam current: an absorbed current below it is that of a beam which is blanked."""


@dataclass(frozen=True, slots=True)
class Place:
    """A region as a rectangle in stage coordinates: its middle, width and height."""

    region: str
    middle_m: tuple[float, float]
    width_m: float
    height_m: float


@dataclass(frozen=True, slots=True)
class Reading:
    """The microscope at one moment.

    Args:
        absorbed_A: from the specimen to earth; None where it is not measured.
    """

    time_s: float
    stage: StagePosition
    conditions: BeamConditions
    high_voltage: HighVoltage
    absorbed_A: float | None

    @property
    def beam_may_be_on(self) -> bool:
        """Whether electrons may reach the specimen."""
        if self.high_voltage is HighVoltage.OFF:
            return False
        return self.absorbed_A is None or abs(self.absorbed_A) > NO_BEAM_SHARE * self.conditions.current_A

    @property
    def flux_A_per_m2(self) -> float:
        """In the field that is scanned."""
        return self.conditions.current_A / (self.conditions.field_width_m**2 * HEIGHT_PER_WIDTH)

    @property
    def field_m(self) -> tuple[float, float, float, float]:
        """The edges of the field: left, right, bottom, top."""
        x_m, y_m = self.stage.x_m + self.conditions.shift_m[0], self.stage.y_m + self.conditions.shift_m[1]
        half_m = 0.5 * self.conditions.field_width_m
        tall_m = half_m * HEIGHT_PER_WIDTH
        return x_m - half_m, x_m + half_m, y_m - tall_m, y_m + tall_m


class AwayDose:
    """Adds up, reading by reading.

    Args:
        places: where the regions are now.
        began_s: run time since when somebody else holds the microscope.
    """

    def __init__(self, places: Iterable[Place], began_s: float) -> None:
        self._places = tuple(places)
        self._last: Reading | None = None
        self._last_s = began_s
        self._given: defaultdict[str, float] = defaultdict(float)
        self.unknown_s = 0.0
        """For so long nobody knows what was done."""
        self.absorbed_unknown = False
        """Whether the beam was taken to be on because no absorbed current was measured."""

    def read(self, reading: Reading) -> None:
        """One more reading."""
        last, since_s = self._last, self._last_s
        self._last, self._last_s = reading, reading.time_s
        gap_s = reading.time_s - since_s
        if gap_s > LONGEST_GAP_S:
            self.unknown_s += gap_s
            return
        self._count(last or reading, reading, gap_s)

    def end(self, now_s: float) -> None:
        """The run has it again."""
        gap_s = now_s - self._last_s
        if self._last is None or gap_s > LONGEST_GAP_S:
            self.unknown_s += gap_s
        else:
            self._count(self._last, self._last, gap_s)
        self._last_s = now_s

    @property
    def given_C_per_m2(self) -> dict[str, float]:
        """By region, in the order of the regions; without those that can have had nothing."""
        return {place.region: self._given[place.region] for place in self._places if self._given.get(place.region)}

    def _count(self, one: Reading, other: Reading, duration_s: float) -> None:
        on = [reading for reading in (one, other) if reading.beam_may_be_on]
        if not on:
            return
        self.absorbed_unknown |= any(reading.absorbed_A is None for reading in on)
        fields = [reading.field_m for reading in (one, other)]
        left, bottom = min(field[0] for field in fields), min(field[2] for field in fields)
        right, top = max(field[1] for field in fields), max(field[3] for field in fields)
        flux = max(reading.flux_A_per_m2 for reading in on)
        for place in self._places:
            x_m, y_m = place.middle_m
            across = left < x_m + 0.5 * place.width_m and x_m - 0.5 * place.width_m < right
            if across and bottom < y_m + 0.5 * place.height_m and y_m - 0.5 * place.height_m < top:
                self._given[place.region] += flux * duration_s


def places_of(regions: Iterable[Region], placed: Callable[[Region, StagePosition], StagePosition]) -> list[Place]:
    """Where regions are now, with all their tiles.

    Args:
        placed: where a place of a region is now that the sample was put back.
    """
    found = []
    for region in regions:
        columns, rows = region.tiles
        width_m = region.width_m * (1.0 + (1.0 - TILE_OVERLAP) * (columns - 1))
        height_m = region.width_m * HEIGHT_PER_WIDTH * (1.0 + (1.0 - TILE_OVERLAP) * (rows - 1))
        middle = placed(region, region.stage)
        found.append(Place(region.name, (middle.x_m, middle.y_m), width_m, height_m))
    return found
