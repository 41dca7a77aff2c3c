"""The electron dose that each region and each spot has had, and whether there is room for more.

Every exposure is announced before it begins and booked when it has ended, for as many lines as the specimen has seen,
so that the account can be made again from the record, and an exposure of which nothing is known counts whole.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from operando.drivers.clock import Clock
from operando.protocols.program import DoseBudget, Region
from operando.protocols.record import RunRecord

__all__ = ["BEGINS", "SPOTS_BEGIN", "Booking", "DoseAccount", "booking_of", "in_record", "lines_seen"]

Spot = tuple[str, float, float]
SpotDose = tuple[float, float, float]
"""Where in the field, as fractions of it, and how much (C/m^2)."""
BEGINS = "exposure begins"
SPOTS_BEGIN = "spots begin"


@dataclass(frozen=True, slots=True)
class Booking:
    """One entry of the account.

    Args:
        kind: what exposed the specimen (`frame`, `focus`, `spectrum`), or that an exposure begins.
        region: whose field it was.
        dose_C_per_m2: of the field, or the highest of the spots; of what begins, as much as it can become.
        cycle: in which it happened.
        spots: what was counted under a parked beam; empty for the field.
    """

    kind: str
    region: str
    dose_C_per_m2: float
    cycle: int
    spots: tuple[SpotDose, ...] = ()


class DoseAccount:
    """Adds up charge per area (C/m^2), per region and per spot.

    Args:
        budget: of the program.
        note: told about each booking, to write it down.
    """

    def __init__(self, budget: DoseBudget, note: Callable[[Booking], None] = lambda _: None) -> None:
        self._budget = budget
        self._note = note
        self._regions: defaultdict[str, float] = defaultdict(float)
        self._this_cycle: defaultdict[tuple[str, int], float] = defaultdict(float)
        self._spots: defaultdict[Spot, float] = defaultdict(float)
        self._counted: list[SpotDose] = []

    def room_for(self, region: Region, dose_C_per_m2: float, cycle: int) -> bool:
        """Whether a dose fits into the region's budget."""
        budget = self._budget.per_region_C_per_m2.get(region.name)
        if budget is None:
            return True
        per_cycle = region.name in self._budget.per_cycle
        given = self._this_cycle[region.name, cycle] if per_cycle else self._regions[region.name]
        return given + dose_C_per_m2 <= budget

    def room_for_spot(self, dose_C_per_m2: float, spot: Spot) -> bool:
        """Whether a dose fits into the budget of a spot."""
        budget = self._budget.per_spot_C_per_m2
        return budget is None or self._spots[spot] + dose_C_per_m2 <= budget

    def total_C_per_m2(self, region: str) -> float:
        """What a region has had in all."""
        return self._regions.get(region, 0.0)

    def begins(self, region: Region, dose_C_per_m2: float, cycle: int) -> None:
        """Announce an exposure, before the beam reaches the specimen. `add` or `add_scan` follows when it has ended."""
        self._note(Booking(BEGINS, region.name, dose_C_per_m2, cycle))

    def add(self, region: Region, dose_C_per_m2: float, cycle: int, kind: str = "frame") -> float:
        """Account for a dose; returns the region's total."""
        booking = Booking(kind, region.name, dose_C_per_m2, cycle)
        self._book(booking)
        self._note(booking)
        return self._regions[region.name]

    def add_scan(
        self,
        region: Region,
        current_A: float,
        duration_s: float,
        height_per_width: float,
        cycle: int,
        kind: str = "scan",
    ) -> float:
        """Account for a beam that moved over a region's field for so long; returns the region's total."""
        area_m2 = region.width_m**2 * height_per_width
        return self.add(region, current_A * duration_s / area_m2, cycle, kind)

    def spots_begin(self, region: str, doses: Iterable[SpotDose]) -> None:
        """Announce what parked beams will do to the spots of a region. `add_spot` and `spots_end` follow."""
        self._note_spots(SPOTS_BEGIN, region, tuple(doses))

    def add_spot(self, spot: Spot, dose_C_per_m2: float) -> float:
        """Account for a dose on a spot; returns the spot's total."""
        self._counted.append((*spot[1:], dose_C_per_m2))
        self._spots[spot] += dose_C_per_m2
        return self._spots[spot]

    def spots_end(self, region: str) -> None:
        """Write down what was added since `spots_begin`: one entry for a map, however many points it has."""
        counted, self._counted = tuple(self._counted), []
        self._note_spots("spots", region, counted)

    def _note_spots(self, kind: str, region: str, doses: tuple[SpotDose, ...]) -> None:
        self._note(Booking(kind, region, max((dose for *_, dose in doses), default=0.0), 0, doses))

    def restore(self, bookings: Iterable[Booking]) -> None:
        """Begin with what an earlier part of the run has booked. What began and was never booked counts whole."""
        open_: dict[tuple[str, bool], Booking] = {}
        for booking in bookings:
            of = booking.region, bool(booking.spots) or booking.kind == "spots"
            before = open_.pop(of, None)
            if booking.kind in (BEGINS, SPOTS_BEGIN):
                if before is not None:
                    self._book(before)
                open_[of] = booking
            else:
                self._book(booking)
        for booking in open_.values():
            self._book(booking)

    def _book(self, booking: Booking) -> None:
        if booking.spots or booking.kind == "spots":
            for x, y, dose_C_per_m2 in booking.spots:
                self._spots[booking.region, x, y] += dose_C_per_m2
            return
        self._regions[booking.region] += booking.dose_C_per_m2
        self._this_cycle[booking.region, booking.cycle] += booking.dose_C_per_m2


def in_record(record: RunRecord, clock: Clock) -> Callable[[Booking], None]:
    """Writes each booking down as an event, from which `booking_of` reads it again."""

    def note(booking: Booking) -> None:
        spots: JsonValue = [list(spot) for spot in booking.spots] or None
        what = f"{booking.region}: {booking.dose_C_per_m2:.4g} C/m^2"
        record.event(
            clock.now(),
            "dose",
            booking.kind,
            what,
            region=booking.region,
            dose_C_per_m2=booking.dose_C_per_m2,
            cycle=booking.cycle,
            spot=spots,
        )

    return note


def booking_of(event: Mapping[str, object]) -> Booking | None:
    """The booking that an event of the record tells of; None for other events."""
    if event.get("source") != "dose":
        return None
    dose = float(str(event["dose_C_per_m2"]))
    spots = tuple(_spot_doses(event.get("spot"), dose))
    return Booking(str(event["kind"]), str(event["region"]), dose, int(str(event["cycle"])), spots)


def _spot_doses(spots: object, dose_C_per_m2: float) -> Iterator[SpotDose]:
    """Those of an event; the first records have an event for each spot, `[x, y]`."""
    if not isinstance(spots, list):
        return
    for spot in [[*spots, dose_C_per_m2]] if spots and not isinstance(spots[0], list) else spots:
        x, y, dose = spot
        yield float(x), float(y), float(dose)


def lines_seen(exposed_s: float, line_time_s: float, lines: int) -> int:
    """How many lines of a scan the specimen has seen, the one that was interrupted included."""
    return min(lines, max(0, math.ceil(exposed_s / line_time_s))) if exposed_s > 0 else 0
