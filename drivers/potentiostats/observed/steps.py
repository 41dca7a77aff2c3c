"""Where one step of another program ends and the next begins, seen from its rows alone."""

import math
from dataclasses import dataclass

from operando.drivers.potentiostats.observed.row import Controlled, ObservedRow
from operando.drivers.roles import Galvanostatic, Impedance, OpenCircuit, Potentiostatic, Technique

__all__ = ["FollowedSteps", "PlacedRow"]

LONGEST_GAP_S = 600.0
"""Over a longer one no charge is counted: nobody knows what flowed."""


@dataclass(frozen=True, slots=True)
class PlacedRow:
    """A row and the step that it belongs to.

    Args:
        row: as read.
        step: counts from 1.
        elapsed_s: since the first row of the step.
        charge_C: that has passed in the step.
        name: of the step: `charge`, `discharge`, `hold`, `rest` or `impedance`.
        technique: of the step, as its first row shows it.
    """

    row: ObservedRow
    step: int
    elapsed_s: float
    charge_C: float
    name: str
    technique: Technique


class FollowedSteps:
    """Counts steps and what has passed in them, row by row.

    A new step begins with another part of the program's schedule, with another thing that is controlled, with the
    other direction of a controlled current, and with each new file.
    """

    def __init__(self) -> None:
        self.step = 0
        self._key: tuple[object, ...] | None = None
        self._file = 0
        self._first_s = 0.0
        self._first_charge_C = math.nan
        self._charge_C = 0.0
        self._last: ObservedRow | None = None
        self._technique: Technique = OpenCircuit()

    def another_file(self) -> None:
        """The rows that follow are of another measurement, with a beginning of its own."""
        self._file += 1
        self._last = None

    def place(self, row: ObservedRow) -> PlacedRow:
        """The next row, in order of time."""
        name = _name(row)
        key = (self._file, row.part, row.controlled, name)
        if key != self._key:
            self._key = key
            self.step += 1
            self._first_s, self._first_charge_C, self._charge_C = row.elapsed_s, row.charge_C, 0.0
            self._technique = _technique(row, name)
        elif self._last is not None:
            self._count(self._last, row)
        self._last = row
        return PlacedRow(row, self.step, row.elapsed_s - self._first_s, self._charge_C, name, self._technique)

    def _count(self, last: ObservedRow, row: ObservedRow) -> None:
        """The file's own charge where it has one, else the current over time."""
        if math.isfinite(row.charge_C) and math.isfinite(self._first_charge_C):
            self._charge_C = row.charge_C - self._first_charge_C
            return
        passed_s = row.elapsed_s - last.elapsed_s
        mean_A = 0.5 * (last.current_A + row.current_A)
        if 0.0 < passed_s <= LONGEST_GAP_S and math.isfinite(mean_A):
            self._charge_C += mean_A * passed_s


def _name(row: ObservedRow) -> str:
    if row.point is not None:
        return "impedance"
    if row.controlled is Controlled.NOTHING:
        return "rest"
    if row.controlled is Controlled.VOLTAGE:
        return "hold"
    return "discharge" if row.current_A < 0 else "charge"


def _technique(row: ObservedRow, name: str) -> Technique:
    if row.point is not None:
        return Impedance(row.point[0], row.point[0], 1, math.nan)
    match name:
        case "rest":
            return OpenCircuit()
        case "hold":
            return Potentiostatic(row.voltage_V)
        case _:
            return Galvanostatic(row.current_A)
