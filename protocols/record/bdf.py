"""The Battery Data Format: samples as rows of CSV that pandas, cellpy and `bdf validate` read.

Labels and sign (positive current charges) are those of the format's ontology; a file holds one cell. The CSV has at
most ten rows a second; every sample is in the block log.
"""

import math

import numpy as np
from numpy.typing import NDArray

from operando.drivers.roles import Quality, Reading

__all__ = ["AMBIENT_LABELS", "LABELS", "SHORTEST_INTERVAL_S", "Ambient", "BdfRows", "impedance_rows"]

SHORTEST_INTERVAL_S = 0.1
_NEXT_ROW_S = SHORTEST_INTERVAL_S - 1e-6
_FEW = 64
_COULOMB_PER_AMPERE_HOUR = 3600.0
_KELVIN_AT_0_CELSIUS = 273.15

LABELS = (
    "Test Time / s",
    "Voltage / V",
    "Current / A",
    "Unix Time / s",
    "Cycle Count / 1",
    "Step Count / 1",
    "Record Index / 1",
    "Step Time / s",
    "Step Charging Capacity / Ah",
    "Step Discharging Capacity / Ah",
)
AMBIENT_LABELS = ("Ambient Temperature / degC", "Ambient Pressure / Pa", "Applied Pressure / Pa")
IMPEDANCE_LABELS = (
    "Test Time / s",
    "Unix Time / s",
    "Frequency / Hz",
    "Real Impedance / ohm",
    "Imaginary Impedance / ohm",
    "Cycle Count / 1",
    "Step Count / 1",
)

SampleTuple = tuple[int, float, float, float, float, float, int, int, int, float]
_IMPEDANCE_ROW = "%.6f,%.6f,%.9g,%.9g,%.9g,%d,%d\n"
_ROW = "%.6f,%.9g,%.9g,%.6f,%d,%d,%d,%.6f,%.9g,%.9g"


class Ambient:
    """The latest good readings around the cell, as the last columns of a row; empty where nothing is known.

    The first thermometer is the ambient temperature, the gauge named `box` the ambient pressure, `stack` the applied.
    """

    def __init__(self) -> None:
        self.columns = ",,"
        self._values = ["", "", ""]
        self._thermometer: str | None = None

    def take(self, name: str, quantity: str, reading: Reading) -> None:
        """Note a reading; one that cannot be believed empties its column."""
        found = self.column_of(name, quantity, reading)
        if found is not None:
            column, value = found
            self._values[column] = "" if math.isnan(value) else f"{value:.9g}"
            self.columns = ",".join(self._values)

    def column_of(self, name: str, quantity: str, reading: Reading) -> tuple[int, float] | None:
        """The column that a reading belongs to (index in `AMBIENT_LABELS`) and its value there; None if to none."""
        value = reading.value if reading.quality is Quality.OK else math.nan
        if quantity == "temperature":
            self._thermometer = self._thermometer or name
            return (0, value - _KELVIN_AT_0_CELSIUS) if name == self._thermometer else None
        if quantity != "pressure":
            return None
        gauges = {"box": 1, "stack": 2}
        return (gauges[name], value) if name in gauges else None


class BdfRows:
    """Turns samples into rows and leaves out those that follow too soon; a new step always gets a row."""

    def __init__(self, start_unix_s: float) -> None:
        self._start_unix_s = start_unix_s
        self._last_s = -math.inf
        self._last_step = -1

    @staticmethod
    def header() -> str:
        return ",".join(LABELS + AMBIENT_LABELS) + "\n"

    def text(self, samples: NDArray[np.void], ambient: str) -> str:
        """The rows of samples (dtype SAMPLE), each with the same ambient columns; empty if all follow too soon."""
        if len(samples) > 1 and self._all_too_soon(samples):
            return ""
        rows = ""
        for sample in self._worth_a_row(samples):
            sequence, time_s, elapsed_s, voltage_V, current_A, charge_C, step, cycle, _, _ = sample
            capacity_Ah = charge_C / _COULOMB_PER_AMPERE_HOUR
            charged, discharged = (capacity_Ah, 0.0) if capacity_Ah > 0 else (0.0, -capacity_Ah)
            unix_s = self._start_unix_s + time_s
            values = (time_s, voltage_V, current_A, unix_s, cycle, step, sequence, elapsed_s, charged, discharged)
            rows += f"{_ROW % values},{ambient}\n"
        return rows

    def too_soon(self, time_s: float, step: int) -> bool:
        """Whether a sample of a run time and a step gets no row, if it comes next."""
        return self._last_s <= time_s < self._last_s + _NEXT_ROW_S and step == self._last_step

    def _all_too_soon(self, samples: NDArray[np.void]) -> bool:
        """Whether none of them gets a row: so it is with nearly every block that comes faster than ten a second."""
        times_s, steps = samples["time_s"], samples["step"]
        if len(samples) <= _FEW:  # plain Python looks at a few numbers in a third of the time that arrays take
            few_s: list[float] = times_s.tolist()
            soon = self._last_s <= min(few_s) and max(few_s) < self._last_s + _NEXT_ROW_S
            return soon and steps.tolist().count(self._last_step) == len(samples)
        lowest_s, highest_s = np.minimum.reduce(times_s), np.maximum.reduce(times_s)
        if not self._last_s <= lowest_s <= highest_s < self._last_s + _NEXT_ROW_S:
            return False
        return bool((steps == self._last_step).all())

    def _worth_a_row(self, samples: NDArray[np.void]) -> list[SampleTuple]:
        if len(samples) <= _FEW:
            found: list[SampleTuple] = samples.tolist()
            return [sample for sample in found if self._takes(sample[1], sample[6])]
        # samples in thousands a second: jump from row to row instead of looking at each
        times_s = samples["time_s"]
        # a new step, or samples that come late, of the time in which nobody listened
        changes = np.flatnonzero((np.diff(samples["step"]) != 0) | (np.diff(times_s) < 0)) + 1
        kept: list[int] = []
        index = 0
        while index < len(samples):
            if self._takes(float(times_s[index]), int(samples["step"][index])):
                kept.append(index)
            change = int(np.searchsorted(changes, index, "right"))
            first_of_step = int(changes[change]) if change < len(changes) else len(samples)
            following = index + int(np.searchsorted(times_s[index:first_of_step], self._last_s + _NEXT_ROW_S))
            index = max(index + 1, following)
        rows: list[SampleTuple] = samples[kept].tolist()
        return rows

    def _takes(self, time_s: float, step: int) -> bool:
        if self.too_soon(time_s, step):
            return False
        self._last_s, self._last_step = time_s, step
        return True


def impedance_header() -> str:
    """First line of a file of impedance."""
    return ",".join(IMPEDANCE_LABELS) + "\n"


def impedance_rows(points: NDArray[np.void], start_unix_s: float, step: int, cycle: int) -> str:
    """Points of an impedance spectrum (dtype IMPEDANCE_POINT) as rows."""
    return "".join(
        _IMPEDANCE_ROW % (time_s, start_unix_s + time_s, frequency_Hz, real_ohm, imaginary_ohm, cycle, step)
        for time_s, frequency_Hz, real_ohm, imaginary_ohm, _, _ in points.tolist()
    )
