"""Box and chamber: pressures all along, and the temperature of the box."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from operando.protocols.record import SensorRow
from operando.protocols.summary.style import BLUE, ORANGE, VERMILION

__all__ = ["MBAR_Pa", "draw_pressures", "good_readings"]

HOUR_S = 3600.0
MBAR_Pa = 100.0
ZERO_CELSIUS_K = 273.15


def draw_pressures(box_axes: Axes, chamber_axes: Axes, rows: Sequence[SensorRow]) -> None:
    """Draw the box pressure with its temperature above, the chamber vacuum below; only readings that are ok."""
    hours, values = good_readings(rows, "box", "pressure")
    box_axes.plot(hours, values / MBAR_Pa, color=BLUE)
    box_axes.set_ylabel("Box / mbar", color=BLUE)
    box_axes.ticklabel_format(axis="y", useOffset=False)
    box_axes.tick_params(labelbottom=False)
    box_axes.set_title("Sealed box and chamber")
    hours, values = good_readings(rows, "box", "temperature")
    if values.size:
        temperature_axes = box_axes.twinx()
        temperature_axes.spines["right"].set_visible(True)
        temperature_axes.plot(hours, values - ZERO_CELSIUS_K, color=ORANGE, linewidth=0.7)
        temperature_axes.set_ylabel("Box / °C", color=ORANGE)
    hours, values = good_readings(rows, "chamber", "pressure")
    chamber_axes.semilogy(hours, values / MBAR_Pa, color=VERMILION)
    chamber_axes.set_ylabel("Chamber / mbar", color=VERMILION)
    chamber_axes.set_xlabel("Time / h")
    if values.size:
        chamber_axes.set_ylim(values.min() / MBAR_Pa / 5, values.max() / MBAR_Pa * 5)


def good_readings(
    rows: Sequence[SensorRow], name: str, quantity: str
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Hours and SI values of the readings of one sensor that are ok."""
    chosen = [row for row in rows if row.name == name and row.quantity == quantity and row.quality == "ok"]
    return np.array([row.start_s for row in chosen]) / HOUR_S, np.array([row.value for row in chosen], dtype=np.float64)
