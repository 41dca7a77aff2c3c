"""What a frame and a spectrum have in common when they are read: when, where and why, and the cell meanwhile."""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from operando.protocols.record.rows import FrameRow, SpectrumRow

__all__ = ["Taken"]

Row = TypeVar("Row", FrameRow, SpectrumRow)


@dataclass(frozen=True, slots=True, repr=False)
class Taken(Generic[Row]):
    """Something that was taken of a region. What its row says is in memory.

    Args:
        row: of `frames.csv` or `spectra.csv`: every column.
        folder: of the run.
    """

    row: Row
    folder: Path

    @property
    def number(self) -> int:
        """From 1, in the order of recording."""
        return self.row.number

    @property
    def region(self) -> str:
        """Name in the protocol."""
        return self.row.region

    @property
    def start_s(self) -> float:
        """Run time at which it began."""
        return self.row.start_s

    @property
    def end_s(self) -> float:
        """Run time at which it ended."""
        return self.row.end_s

    @property
    def voltage_V(self) -> float:
        """Of the cell, the mean of start and end, or the one that is known; NaN if none is."""
        start_V, end_V = self.row.voltage_at_start_V, self.row.voltage_at_end_V
        if math.isnan(start_V) or math.isnan(end_V):
            return end_V if math.isnan(start_V) else start_V
        return (start_V + end_V) / 2.0

    @property
    def moment(self) -> str:
        """When it was taken, in words: `charge of cycle 2, 4.077 V, at 109906.0 s`."""
        step = f"{self.row.step_name} of cycle {self.row.cycle}, " if self.row.step_name else ""
        voltage = "" if math.isnan(self.voltage_V) else f"{self.voltage_V:.3f} V, "
        return f"{step}{voltage}at {self.row.start_s:.1f} s"
