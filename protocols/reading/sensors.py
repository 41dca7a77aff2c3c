"""The readings of sensors beside the cell, as one series for each quantity of each sensor."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from operando.drivers.roles import Quality
from operando.protocols.reading.errors import name_in
from operando.protocols.record.rows import SensorRow

__all__ = ["SensorSeries", "Sensors", "series_of"]


@dataclass(frozen=True, slots=True, repr=False)
class SensorSeries:
    """Readings in the order in which they were taken.

    Args:
        name: what is measured: `box`, `chamber`, `stack`.
        quantity: pressure or temperature.
        unit: SI.
        time_s: run times at which the readings were complete, shape (n,).
        value: NaN if there is none, shape (n,).
        quality: whether a reading can be believed, n words.
    """

    name: str
    quantity: str
    unit: str
    time_s: NDArray[np.float64]
    value: NDArray[np.float64]
    quality: tuple[Quality, ...]

    def __repr__(self) -> str:
        good = self.value[np.isfinite(self.value)]
        span = f", {good.min():.6g} to {good.max():.6g} {self.unit}" if len(good) else ""
        return f"<{self.name} {self.quantity}, {len(self.value)} readings{span}>"

    def at(self, times_s: ArrayLike, no_older_than_s: float = 600.0) -> NDArray[np.float64]:
        """The latest good reading at some run times; NaN where there is none so recent."""
        good = np.array([quality is Quality.OK for quality in self.quality], bool)
        times, known_s, values = np.asarray(times_s, float), self.time_s[good], self.value[good]
        if not len(values):
            return np.full(times.shape, np.nan)
        latest = np.searchsorted(known_s, times, side="right") - 1
        age_s = times - known_s[np.maximum(latest, 0)]
        return np.where((latest >= 0) & (age_s <= no_older_than_s), values[np.maximum(latest, 0)], np.nan)


class Sensors(dict[str, SensorSeries]):
    """The series of a run by what is measured."""

    def __missing__(self, name: str) -> SensorSeries:
        """Raises: NotInRun, which says what is measured."""
        return self[name_in(name, self, "series of readings", "sensors.csv")]


def series_of(rows: Iterable[SensorRow]) -> Sensors:
    """The series by sensor and quantity: `box pressure`."""
    by_name: dict[tuple[str, str], list[SensorRow]] = {}
    for row in rows:
        by_name.setdefault((row.name, row.quantity), []).append(row)
    return Sensors(
        (
            f"{name} {quantity}",
            SensorSeries(
                name,
                quantity,
                found[0].unit,
                np.array([row.end_s for row in found]),
                np.array([row.value for row in found]),
                tuple(Quality(row.quality) for row in found),
            ),
        )
        for (name, quantity), found in by_name.items()
    )
