"""The Battery Data Format: samples as rows of CSV that pandas, cellpy and `bdf validate` read.

Labels and sign (positive current charges) are those of the format's ontology; a file holds one cell. The CSV has at
most ten rows a second; every sample is in the block log.
"""

import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from operando.drivers.roles import Quality, Reading

__all__ = ["AMBIENT_LABELS", "LABELS", "SHORTEST_INTERVAL_S", "Ambient", "BdfRows", "impedance_rows"]

SHORTEST_INTERVAL_S = 0.1
_ROUNDING_S = 1e-6
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
        value = reading.value if reading.quality is Quality.OK else math.nan
        if quantity == "temperature":
            self._thermometer = self._thermometer or name
            if name != self._thermometer:
                return
            column, value = 0, value - _KELVIN_AT_0_CELSIUS
        elif name == "box":
            column = 1
        elif name == "stack":
            column = 2
        else:
            return
        self._values[column] = "" if math.isnan(value) else f"{value:.9g}"
        self.columns = ",".join(self._values)


class BdfRows:
    """Turns samples into rows and leaves out those that follow too soon; a new step always gets a row."""

    def __init__(self, start_unix_s: float) -> None:
        self._start_unix_s = start_unix_s
        self._last_s = -math.inf
        self._last_step = -1

    @staticmethod
    def header() -> str:
        return ",".join(LABELS + AMBIENT_LABELS) + "\n"

    def text(self, samples: Iterable[SampleTuple], ambient: str) -> str:
        """The rows of some samples, each with the same ambient columns; empty if all of them follow too soon."""
        rows = ""
        for sequence, time_s, elapsed_s, voltage_V, current_A, charge_C, step, cycle, _, _ in samples:
            if time_s - self._last_s < SHORTEST_INTERVAL_S - _ROUNDING_S and step == self._last_step:
                continue
            self._last_s, self._last_step = time_s, step
            capacity_Ah = charge_C / _COULOMB_PER_AMPERE_HOUR
            charged, discharged = (capacity_Ah, 0.0) if capacity_Ah > 0 else (0.0, -capacity_Ah)
            unix_s = self._start_unix_s + time_s
            values = (time_s, voltage_V, current_A, unix_s, cycle, step, sequence, elapsed_s, charged, discharged)
            rows += f"{_ROW % values},{ambient}\n"
        return rows


def impedance_header() -> str:
    """First line of a file of impedance."""
    return ",".join(IMPEDANCE_LABELS) + "\n"


def impedance_rows(points: NDArray[np.void], start_unix_s: float, step: int, cycle: int) -> str:
    """Points of an impedance spectrum (dtype IMPEDANCE_POINT) as rows."""
    return "".join(
        _IMPEDANCE_ROW % (time_s, start_unix_s + time_s, frequency_Hz, real_ohm, imaginary_ohm, cycle, step)
        for time_s, frequency_Hz, real_ohm, imaginary_ohm, _, _ in points.tolist()
    )
