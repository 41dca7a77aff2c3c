"""Voltage, current and step charge against time, with a mark for each picture and each spectrum."""

from collections.abc import Sequence

import matplotlib.style
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from operando.protocols.report.figures.interrupted import interrupted
from operando.protocols.report.figures.sizes import HOUR_S, PAGE_CM
from operando.protocols.summary.style import BLACK, BLUE, GREEN, GREY, PURPLE, RC, VERMILION, new_figure
from operando.protocols.summary.thinned import thinned

__all__ = ["draw_cell_history"]

COULOMB_PER_mAh = 3.6


def draw_cell_history(
    samples: NDArray[np.void],
    picture_times_s: Sequence[float],
    spectrum_times_s: Sequence[float],
    elsewhere_s: Sequence[tuple[float, float]] = (),
    away_s: Sequence[tuple[float, float]] = (),
    *,
    simulated: bool,
) -> Figure:
    """Draw the history of the cell.

    Args:
        samples: dtype SAMPLE, shape (n,).
        picture_times_s: starts of scans; a bar on the voltage curve each.
        spectrum_times_s: starts of spectra and maps; a diamond each.
        elsewhere_s: from when to when another program has cycled the cell; a grey ground each.
        away_s: from when to when nobody has measured between two sessions; no line is drawn there.
    """
    with matplotlib.style.context(RC):
        figure = new_figure(PAGE_CM, 11.0, simulated=simulated)
        voltage, current, charge = figure.subplots(3, 1, sharex=True, height_ratios=(2.4, 1.0, 1.0))
        _curve(voltage, samples, samples["voltage_V"], BLUE, away_s)
        _curve(current, samples, samples["current_A"] * 1e6, VERMILION, away_s)
        _curve(charge, samples, samples["charge_C"] / COULOMB_PER_mAh, GREEN, away_s)
        _elsewhere((voltage, current, charge), elsewhere_s)
        _marks(voltage, samples, picture_times_s, "|", BLACK, f"scan ({len(picture_times_s)})")
        _marks(voltage, samples, spectrum_times_s, "D", PURPLE, f"X-ray spectrum or map ({len(spectrum_times_s)})")
        if picture_times_s or spectrum_times_s:
            voltage.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=2, borderaxespad=0.2, fontsize=7)
        current.axhline(0.0, color=GREY, linewidth=0.4)
        charge.axhline(0.0, color=GREY, linewidth=0.4)
        voltage.set_ylabel("Voltage / V")
        current.set_ylabel("Current / µA")
        charge.set_ylabel("Step charge\n/ mAh")
        charge.set_xlabel("Time / h")
        _cycles(voltage, samples)
        if samples.size:
            charge.set_xlim(0.0, float(samples["time_s"][-1]) / HOUR_S or 1.0)
        figure.align_ylabels()
    return figure


def _curve(
    axes: Axes,
    samples: NDArray[np.void],
    values: NDArray[np.float64],
    color: str,
    away_s: Sequence[tuple[float, float]],
) -> None:
    shown = thinned(values)
    axes.plot(*interrupted(samples["time_s"][shown], values[shown], away_s), color=color)


def _elsewhere(every: Sequence[Axes], elsewhere_s: Sequence[tuple[float, float]]) -> None:
    for since_s, until_s in elsewhere_s:
        for axes in every:
            axes.axvspan(since_s / HOUR_S, until_s / HOUR_S, color=GREY, alpha=0.12, linewidth=0.0)
        middle_h = 0.5 * (since_s + until_s) / HOUR_S
        every[0].annotate(
            "cycled elsewhere",
            (middle_h, 1.0),
            xycoords=("data", "axes fraction"),
            xytext=(0, 3),
            textcoords="offset points",
            ha="center",
            fontsize=6.5,
            color=GREY,
        )


def _marks(
    axes: Axes, samples: NDArray[np.void], times_s: Sequence[float], marker: str, color: str, label: str
) -> None:
    if not times_s or not samples.size:
        return
    at = np.interp(times_s, samples["time_s"], samples["voltage_V"])
    size = 6 if marker == "|" else 3.5
    hours = np.asarray(times_s) / HOUR_S
    axes.plot(hours, at, marker, color=color, markersize=size, markeredgewidth=0.5, label=label)


def _cycles(axes: Axes, samples: NDArray[np.void]) -> None:
    """A thin line where each cycle begins, with its number."""
    numbers, firsts = np.unique(samples["cycle"], return_index=True)
    starts = firsts[numbers > 0]
    for start in starts[:60]:
        hours = float(samples["time_s"][start]) / HOUR_S
        axes.axvline(hours, color=GREY, linewidth=0.4, linestyle=(0, (4, 3)))
        axes.annotate(
            f"cycle {samples['cycle'][start]}" if starts.size <= 8 else f"{samples['cycle'][start]}",
            (hours, 0.0),
            xycoords=("data", "axes fraction"),
            xytext=(3, 3),
            textcoords="offset points",
            fontsize=6.5,
            color=GREY,
        )
