"""Conditions around the cell over a whole run, from the readings of its sensors."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from operando.drivers.roles import Quality
from operando.protocols.record.rows import SensorRow

__all__ = ["Range", "hours_in_vacuum", "measured"]

_SECONDS_PER_HOUR = 3600.0
_LONGEST_GAP_S = 600.0


@dataclass(frozen=True, slots=True)
class Range:
    """What a sensor showed, SI: lowest, middle (median) and highest of all good readings."""

    lowest: float
    median: float
    highest: float
    readings: int


def measured(rows: Iterable[SensorRow], quantity: str, name: str = "") -> Range | None:
    """The range of a quantity, of the sensor of a name or of the first that there is; None without a good reading."""
    wanted = name
    values: list[float] = []
    for row in rows:
        if row.quantity != quantity or row.quality != Quality.OK:
            continue
        wanted = wanted or row.name
        if row.name == wanted:
            values.append(row.value)
    if not values:
        return None
    values.sort()
    return Range(values[0], values[len(values) // 2], values[-1], len(values))


def hours_in_vacuum(rows: Sequence[SensorRow], below_Pa: float | None) -> float | None:
    """How long the chamber was below a pressure, as far as its gauge tells; None without a reading of it.

    Time counts between two good readings below it that follow each other within ten minutes: nobody knows about more.
    """
    chamber = [row for row in rows if (row.name, row.quantity) == ("chamber", "pressure")]
    if below_Pa is None or not chamber:
        return None
    total_s = 0.0
    for one, other in pairwise(chamber):
        gap_s = other.end_s - one.end_s
        if all(row.quality == Quality.OK and row.value < below_Pa for row in (one, other)) and gap_s <= _LONGEST_GAP_S:
            total_s += gap_s
    return total_s / _SECONDS_PER_HOUR
