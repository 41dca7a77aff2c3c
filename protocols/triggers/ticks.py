"""Values that arrive together: a block of samples, one reading, one point of a spectrum, the dose of a region."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from operando.protocols.trigger_conditions import Source

__all__ = ["Ticks"]

CELL_COLUMNS: Mapping[str, str] = {"voltage": "voltage_V", "current": "current_A", "charge": "charge_C"}


@dataclass(frozen=True, slots=True)
class Ticks:
    """Values in order of time, shape (n,): of the cell, or of one other source.

    Args:
        time_s: run times.
        block: samples of the cell, dtype SAMPLE; None if these are values of another source.
        source: of the values.
        values: in SI units, NaN where there is none.
    """

    time_s: NDArray[np.float64]
    block: NDArray[np.void] | None = None
    source: Source | None = None
    values: NDArray[np.float64] | None = None

    @classmethod
    def of_cell(cls, block: NDArray[np.void]) -> "Ticks":
        """Samples, dtype SAMPLE."""
        return cls(block["time_s"], block=block)

    @classmethod
    def one(cls, time_s: float, source: Source, value: float) -> "Ticks":
        """One value of one source."""
        return cls(np.array([time_s]), source=source, values=np.array([value]))

    @property
    def size(self) -> int:
        """How many."""
        return int(self.time_s.size)

    def of(self, source: Source) -> NDArray[np.float64] | None:
        """The values of a source, or None if these are others."""
        if self.block is not None:
            column = CELL_COLUMNS.get(source.quantity)
            return None if column is None else self.block[column]
        return self.values if source == self.source else None

    def part(self, begin: int, end: int) -> "Ticks":
        """Some of them."""
        chosen = slice(begin, end)
        return Ticks(
            self.time_s[chosen],
            None if self.block is None else self.block[chosen],
            self.source,
            None if self.values is None else self.values[chosen],
        )
