"""The electron dose that each region and each spot has had, and whether there is room for more.

Every exposure is announced before it begins and booked when it has ended, for as many lines as the specimen has seen,
so that the account can be made again from the record, and an exposure of which nothing is known counts whole.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from operando.drivers.clock import Clock
from operando.protocols.program import DoseBudget, Region
from operando.protocols.record import RunRecord

__all__ = ["BEGINS", "Booking", "DoseAccount", "booking_of", "in_record", "lines_seen"]

Spot = tuple[str, float, float]
BEGINS = "exposure begins"


@dataclass(frozen=True, slots=True)
class Booking:
    """One entry of the account.

    Args:
        kind: what exposed the specimen (`frame`, `focus`, `spectrum`), or that an exposure begins.
        region: whose field it was.
        dose_C_per_m2: of the field, or of the spot; of what begins, as much as it can become.
        cycle: in which it happened.
        spot: in fractions of the field; None for the field.
    """

    kind: str
    region: str
    dose_C_per_m2: float
    cycle: int
    spot: tuple[float, float] | None = None


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

    def add_spot(self, spot: Spot, dose_C_per_m2: float) -> float:
        """Account for a dose on a spot; returns the spot's total."""
        booking = Booking("spot", spot[0], dose_C_per_m2, 0, spot[1:])
        self._book(booking)
        self._note(booking)
        return self._spots[spot]

    def restore(self, bookings: Iterable[Booking]) -> None:
        """Begin with what an earlier part of the run has booked. What began and was never booked counts whole."""
        open_: dict[str, Booking] = {}
        for booking in bookings:
            before = open_.pop(booking.region, None) if booking.spot is None else None
            if booking.kind == BEGINS:
                if before is not None:
                    self._book(before)
                open_[booking.region] = booking
            else:
                self._book(booking)
        for booking in open_.values():
            self._book(booking)

    def _book(self, booking: Booking) -> None:
        if booking.spot is not None:
            self._spots[booking.region, *booking.spot] += booking.dose_C_per_m2
            return
        self._regions[booking.region] += booking.dose_C_per_m2
        self._this_cycle[booking.region, booking.cycle] += booking.dose_C_per_m2


def in_record(record: RunRecord, clock: Clock) -> Callable[[Booking], None]:
    """Writes each booking down as an event, from which `booking_of` reads it again."""

    def note(booking: Booking) -> None:
        spot: JsonValue = None if booking.spot is None else list(booking.spot)
        what = f"{booking.region}: {booking.dose_C_per_m2:.4g} C/m^2"
        record.event(
            clock.now(),
            "dose",
            booking.kind,
            what,
            region=booking.region,
            dose_C_per_m2=booking.dose_C_per_m2,
            cycle=booking.cycle,
            spot=spot,
        )

    return note


def booking_of(event: Mapping[str, object]) -> Booking | None:
    """The booking that an event of the record tells of; None for other events."""
    if event.get("source") != "dose":
        return None
    spot = event.get("spot")
    return Booking(
        str(event["kind"]),
        str(event["region"]),
        float(str(event["dose_C_per_m2"])),
        int(str(event["cycle"])),
        (float(spot[0]), float(spot[1])) if isinstance(spot, list) else None,
    )


def lines_seen(exposed_s: float, line_time_s: float, lines: int) -> int:
    """How many lines of a scan the specimen has seen, the one that was interrupted included."""
    return min(lines, max(0, math.ceil(exposed_s / line_time_s))) if exposed_s > 0 else 0
