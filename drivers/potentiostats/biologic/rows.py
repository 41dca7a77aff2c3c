"""Rows of a data buffer: which column is what depends on the technique, its process, and the family of the device.

Sheet 3.3. Numbers go through the library's conversion; times and cycles are raw words.
"""

import cmath
import math
from dataclasses import dataclass
from typing import Literal

from operando.drivers.errors import FramingError
from operando.drivers.potentiostats.biologic.library import Buffer

__all__ = ["Point", "SampleRow", "rows_of"]

OCV, PEIS = 100, 104
STEADY = (101, 102, 155, 157)
"""CA, CP, CPLIMIT and CALIMIT."""
FEWEST_COLUMNS = {OCV: 3, PEIS: 4, **dict.fromkeys(STEADY, 5)}
POINT_COLUMNS = 14
FREQUENCY, MODULUS_V, MODULUS_A, PHASE, TIME = 0, 1, 2, 3, 13

Angle = Literal["radians", "degrees"]


@dataclass(frozen=True, slots=True)
class SampleRow:
    """One sample; elapsed time in seconds since the start of the technique."""

    elapsed_s: float
    voltage_V: float
    current_A: float


@dataclass(frozen=True, slots=True)
class Point:
    """One point of an impedance spectrum."""

    elapsed_s: float
    frequency_Hz: float
    impedance_ohm: complex


def rows_of(buffer: Buffer, phase: Angle) -> list[SampleRow | Point]:
    """What the rows of a buffer say.

    Raises:
        FramingError: if the buffer is not laid out as its technique should be.
    """
    infos = buffer.infos
    if not buffer.rows:
        return []
    columns = FEWEST_COLUMNS.get(infos.TechniqueID)
    if columns is None:
        raise FramingError(f"data of a technique that nobody here has started (number {infos.TechniqueID})")
    if infos.TechniqueID == PEIS and infos.ProcessIndex == 1:
        columns = POINT_COLUMNS
    if infos.NbCols < columns:
        raise FramingError(f"rows of {infos.NbCols} columns, technique {infos.TechniqueID} has {columns} at least")
    if columns == POINT_COLUMNS:
        return [_point(singles, phase) for singles in buffer.singles]
    return [_sample(buffer, words, singles) for words, singles in zip(buffer.rows, buffer.singles, strict=True)]


def _sample(buffer: Buffer, words: tuple[int, ...], singles: tuple[float, ...]) -> SampleRow:
    start_s = buffer.infos.StartTime
    ticks = (words[0] << 32) + words[1]
    elapsed_s = (0.0 if math.isnan(start_s) else start_s) + buffer.values.TimeBase * ticks
    current_A = 0.0 if buffer.infos.TechniqueID == OCV else singles[3]
    return SampleRow(elapsed_s, singles[2], current_A)


def _point(singles: tuple[float, ...], phase: Angle) -> Point:
    angle = math.radians(singles[PHASE]) if phase == "degrees" else singles[PHASE]
    modulus_ohm = singles[MODULUS_V] / singles[MODULUS_A] if singles[MODULUS_A] else math.nan
    return Point(singles[TIME], singles[FREQUENCY], cmath.rect(modulus_ohm, angle))
