"""One row of another program's file, in SI units, whatever the program."""

import math
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

__all__ = ["Controlled", "FileReader", "ObservedRow"]


class Controlled(StrEnum):
    """What the other program keeps constant."""

    CURRENT = "current"
    VOLTAGE = "voltage"
    NOTHING = "nothing"
    """The cell rests."""


@dataclass(frozen=True, slots=True)
class ObservedRow:
    """What a row says; NaN where it says nothing.

    Args:
        elapsed_s: since the beginning that the file names.
        voltage_V, current_A: of the cell; positive current charges.
        charge_C: that has passed since the beginning.
        controlled: what is kept constant.
        part: counts the parts of the other program's schedule; another part is another step.
        cycle: as the other program counts.
        overload: whether the row is marked as faulty.
        point: frequency (Hz), real and imaginary part (ohm) if it is a point of an impedance spectrum.
    """

    elapsed_s: float
    voltage_V: float
    current_A: float = math.nan
    charge_C: float = math.nan
    controlled: Controlled = Controlled.NOTHING
    part: int = 0
    cycle: int = 0
    overload: bool = False
    point: tuple[float, float, float] | None = None


class FileReader(Protocol):
    """Makes rows of the bytes of a growing file. One reader reads one file from its beginning."""

    @property
    def started(self) -> datetime | None:
        """The wall time of elapsed time zero, without a time zone, as the file tells it; None until it is known."""
        ...

    @property
    def program(self) -> str:
        """The program and its version, in the words of the file; empty until they are known."""
        ...

    @property
    def instrument(self) -> str:
        """Channel and serial number, in the words of the file."""
        ...

    def feed(self, data: bytes) -> list[ObservedRow]:
        """The rows that are whole by now. A line that is still being written waits for its end.

        Raises:
            ConfigMismatch: if the file is of another kind.
        """
        ...

    def take_garbage(self) -> str:
        """What was wrong with the first line that made no sense since the last time; empty if all did."""
        ...
