"""Box and chamber: pressures all along, and the temperature of the box."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from operando.protocols.record import SensorRow
from operando.protocols.summary.style import BLUE, ORANGE, VERMILION

__all__ = ["draw_pressures"]

HOUR_S = 3600.0


def draw_pressures(box_axes: Axes, chamber_axes: Axes, rows: Sequence[SensorRow]) -> None:
    """Draw the box pressure with its temperature above, the chamber vacuum below; only readings that are ok."""
    hours, values = _series(rows, "box", "pressure")
    box_axes.plot(hours, values / 1e3, color=BLUE)
    box_axes.set_ylabel("Box / kPa", color=BLUE)
    box_axes.ticklabel_format(axis="y", useOffset=False)
    box_axes.tick_params(labelbottom=False)
    box_axes.set_title("Sealed box and chamber")
    temperature_axes = box_axes.twinx()
    temperature_axes.spines["right"].set_visible(True)
    hours, values = _series(rows, "box", "temperature")
    temperature_axes.plot(hours, values - 273.15, color=ORANGE, linewidth=0.7)
    temperature_axes.set_ylabel("Box / °C", color=ORANGE)
    hours, values = _series(rows, "chamber", "pressure")
    chamber_axes.semilogy(hours, values, color=VERMILION)
    chamber_axes.set_ylabel("Chamber / Pa", color=VERMILION)
    chamber_axes.set_xlabel("Time / h")
    if values.size:
        chamber_axes.set_ylim(values.min() / 5, values.max() * 5)


def _series(rows: Sequence[SensorRow], name: str, quantity: str) -> tuple[np.ndarray, np.ndarray]:
    chosen = [row for row in rows if row.name == name and row.quantity == quantity and row.quality == "ok"]
    return np.array([row.start_s for row in chosen]) / HOUR_S, np.array([row.value for row in chosen])
