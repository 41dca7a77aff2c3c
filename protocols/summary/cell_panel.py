"""Voltage and current against time, with a tick on the curve for every picture."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from operando.protocols.record import FrameRow
from operando.protocols.summary.style import BLUE, GREY, VERMILION
from operando.protocols.summary.thinned import thinned

__all__ = ["draw_cell"]

HOUR_S = 3600.0


def draw_cell(
    voltage_axes: Axes,
    current_axes: Axes,
    samples: NDArray[np.void],
    frames: Sequence[FrameRow],
    chosen: Sequence[FrameRow],
) -> None:
    """Draw both curves; the chosen frames get the letter under which they are shown."""
    _curve(voltage_axes, samples, samples["voltage_V"], BLUE)
    times = np.unique([frame.start_s for frame in frames])
    if times.size and samples.size:
        at = np.interp(times, samples["time_s"], samples["voltage_V"])
        voltage_axes.plot(times / HOUR_S, at, "|", color=GREY, markersize=7, markeredgewidth=0.5)
    for letter, frame in zip("abcdefgh", chosen, strict=False):
        voltage_axes.annotate(
            letter,
            (frame.start_s / HOUR_S, frame.voltage_at_start_V),
            xytext=(0, 9),
            textcoords="offset points",
            ha="center",
            color=VERMILION,
            fontweight="bold",
        )
    voltage_axes.margins(y=0.16)  # room for the letters
    voltage_axes.set_ylabel("Voltage / V")
    voltage_axes.tick_params(labelbottom=False)
    voltage_axes.set_title(f"Cell voltage; a tick for each of {times.size} scans ({len(frames)} pictures)")
    _curve(current_axes, samples, samples["current_A"] * 1e6, VERMILION)
    current_axes.axhline(0.0, color=GREY, linewidth=0.4)
    current_axes.set_ylabel("Current / µA")
    current_axes.set_xlabel("Time / h")
    for axes in (voltage_axes, current_axes):
        axes.set_xlim(0.0, float(samples["time_s"][-1]) / HOUR_S if samples.size else 1.0)


def _curve(axes: Axes, samples: NDArray[np.void], values: NDArray[np.float64], color: str) -> None:
    shown = thinned(values)
    axes.plot(samples["time_s"][shown] / HOUR_S, values[shown], color=color)
