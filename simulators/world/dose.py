"""What the beam has left on the specimen: absorbed charge by place."""

import math
from dataclasses import dataclass, field

__all__ = ["DoseLedger"]

_CELL_M = 1e-6


@dataclass(slots=True)
class DoseLedger:
    """Absorbed charge per area. Spots are booked in squares of 1 um; scanned fields as rectangles."""

    _spots_C: dict[tuple[int, int], float] = field(default_factory=dict)
    _fields_C: dict[tuple[float, float, float, float], float] = field(default_factory=dict)

    def book_spot(self, x_m: float, y_m: float, charge_C: float) -> None:
        """The beam stood still."""
        square = (math.floor(x_m / _CELL_M), math.floor(y_m / _CELL_M))
        self._spots_C[square] = self._spots_C.get(square, 0.0) + charge_C

    def book_field(self, x_m: float, y_m: float, width_m: float, height_m: float, charge_C: float) -> None:
        """The beam scanned a field about a centre."""
        place = (round(x_m, 7), round(y_m, 7), width_m, height_m)
        self._fields_C[place] = self._fields_C.get(place, 0.0) + charge_C

    def at(self, x_m: float, y_m: float) -> float:
        """Dose at a place in C/m2."""
        square = (math.floor(x_m / _CELL_M), math.floor(y_m / _CELL_M))
        dose = self._spots_C.get(square, 0.0) / _CELL_M**2
        for (middle_x, middle_y, width, height), charge_C in self._fields_C.items():
            if abs(x_m - middle_x) <= width / 2 and abs(y_m - middle_y) <= height / 2:
                dose += charge_C / (width * height)
        return dose
