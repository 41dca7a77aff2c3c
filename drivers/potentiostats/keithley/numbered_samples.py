"""Rows that wait for the next poll, numbered from connect on: no sample twice, none missing."""

import numpy as np
from numpy.typing import NDArray

from operando.drivers.potentiostats.keithley.step_samples import SampleRow
from operando.drivers.roles import IMPEDANCE_POINT, SAMPLE, Samples, StepEnd

__all__ = ["NumberedSamples"]


class NumberedSamples:
    """What the next poll gives."""

    def __init__(self) -> None:
        self._sequence = 0
        self._rows: list[SampleRow] = []
        self._late: list[SampleRow] = []

    def add(self, row: SampleRow | None, *, late: bool = False) -> None:
        """A new sample, if it is one."""
        if row is not None:
            (self._late if late else self._rows).append(row)

    def take(self, end: StepEnd | None, *, fetching: bool = False) -> Samples:
        """Everything since the last time."""
        block, late = self._numbered(self._rows), self._numbered(self._late)
        self._rows, self._late = [], []
        return Samples(block, np.empty(0, IMPEDANCE_POINT), end, late, fetching)

    def _numbered(self, rows: list[SampleRow]) -> NDArray[np.void]:
        block = np.array(rows, dtype=SAMPLE)
        block["sequence"] = np.arange(self._sequence, self._sequence + len(rows))
        self._sequence += len(rows)
        return block
