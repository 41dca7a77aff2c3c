"""What the beam has left on the specimen: absorbed charge by place and time."""

import math
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

__all__ = ["COULOMB_PER_MAH_PER_CM2", "DoseLedger", "Dosed"]

_CELL_M = 1e-6
COULOMB_PER_MAH_PER_CM2 = 36.0e3
"""1 mAh/cm2 in C/m2."""


@dataclass(frozen=True, slots=True)
class Dosed:
    """A rectangle that has been under the beam: its middle, its sides, and the absorbed charge per area in C/m2."""

    x_m: float
    y_m: float
    width_m: float
    height_m: float
    dose_C_per_m2: float

    @property
    def is_spot(self) -> bool:
        """Whether the beam stood still here."""
        return self.width_m == _CELL_M


@dataclass(slots=True)
class _Account:
    """The charge of a place after each booking."""

    until_s: list[float] = field(default_factory=list)
    charge_C: list[float] = field(default_factory=list)

    def book(self, charge_C: float, until_s: float) -> None:
        self.until_s.append(until_s)
        self.charge_C.append(charge_C + (self.charge_C[-1] if self.charge_C else 0.0))

    def at(self, time_s: float) -> float:
        number = bisect_right(self.until_s, time_s)
        return self.charge_C[number - 1] if number else 0.0


@dataclass(slots=True)
class DoseLedger:
    """Absorbed charge per area. Spots are booked in squares of 1 um; scanned fields as rectangles."""

    _spots: dict[tuple[int, int], _Account] = field(default_factory=dict)
    _fields: dict[tuple[float, float, float, float], _Account] = field(default_factory=dict)

    def book_spot(self, x_m: float, y_m: float, charge_C: float, until_s: float = 0.0) -> None:
        """The beam stood still, until a time."""
        square = (math.floor(x_m / _CELL_M), math.floor(y_m / _CELL_M))
        self._spots.setdefault(square, _Account()).book(charge_C, until_s)

    def book_field(
        self, x_m: float, y_m: float, width_m: float, height_m: float, charge_C: float, until_s: float = 0.0
    ) -> None:
        """The beam scanned a field about a centre, until a time."""
        # fields that have only drifted a little share an account
        lattice_m = width_m / 16
        place = (round(x_m / lattice_m) * lattice_m, round(y_m / lattice_m) * lattice_m, width_m, height_m)
        self._fields.setdefault(place, _Account()).book(charge_C, until_s)

    def at(self, x_m: float, y_m: float, time_s: float = math.inf) -> float:
        """Dose at a place in C/m2, of all that was booked until a time."""
        here = (x_m, x_m, y_m, y_m)
        return sum(dosed.dose_C_per_m2 for dosed in self.within(here, time_s))

    def within(self, bounds_m: tuple[float, float, float, float], time_s: float = math.inf) -> Iterator[Dosed]:
        """What of (smallest x, largest x, smallest y, largest y) has been under the beam until a time."""
        for dosed in (*self._spots_at(time_s), *self._fields_at(time_s)):
            across = bounds_m[0] - dosed.width_m / 2 <= dosed.x_m <= bounds_m[1] + dosed.width_m / 2
            if across and bounds_m[2] - dosed.height_m / 2 <= dosed.y_m <= bounds_m[3] + dosed.height_m / 2:
                yield dosed

    def _spots_at(self, time_s: float) -> Iterator[Dosed]:
        for (column, row), account in tuple(self._spots.items()):  # the beam may go on meanwhile
            charge_C = account.at(time_s)
            yield Dosed((column + 0.5) * _CELL_M, (row + 0.5) * _CELL_M, _CELL_M, _CELL_M, charge_C / _CELL_M**2)

    def _fields_at(self, time_s: float) -> Iterator[Dosed]:
        for (x_m, y_m, width_m, height_m), account in tuple(self._fields.items()):
            yield Dosed(x_m, y_m, width_m, height_m, account.at(time_s) / (width_m * height_m))
