"""Impedance in the complex plane, and the high-frequency resistance along the run."""

from collections.abc import Sequence

import matplotlib.style
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from operando.protocols.reading import RecordedImpedance
from operando.protocols.report.figures.sizes import HOUR_S, PAGE_CM, shades
from operando.protocols.report.resistance import high_frequency_resistance
from operando.protocols.summary.style import GREY, RC, new_figure

__all__ = ["draw_impedance"]

MOST_SPECTRA = 10


def draw_impedance(spectra: Sequence[RecordedImpedance], *, simulated: bool) -> Figure:
    """Draw at most ten spectra, spread over the run, with equal axes; beside them the resistance of all by cycle.

    Full decades carry a filled point. A hollow point in the right panel is an upper estimate (no crossing).
    """
    chosen = list(spectra)
    if len(chosen) > MOST_SPECTRA:
        chosen = [chosen[i] for i in np.linspace(0, len(chosen) - 1, MOST_SPECTRA).round().astype(int)]
    with matplotlib.style.context(RC):
        figure = new_figure(PAGE_CM, 6.4, simulated=simulated)
        plane, resistance = figure.subplots(1, 2, width_ratios=(1.5, 1.0))
        for spectrum, color in zip(chosen, shades(len(chosen)), strict=True):
            _draw_plane(plane, spectrum, color)
        _frame(plane, chosen)
        plane.set_xlabel("Re(Z) / Ω")
        plane.set_ylabel("−Im(Z) / Ω")
        plane.axhline(0.0, color=GREY, linewidth=0.4)
        plane.set_title("a  Impedance")
        if chosen:
            plane.legend(fontsize=6.5, loc="upper left")
        _draw_resistance(resistance, spectra)
    return figure


def _draw_plane(axes: Axes, spectrum: RecordedImpedance, color: tuple[float, float, float, float]) -> None:
    impedance, frequency = spectrum.impedance_ohm, spectrum.points["frequency_Hz"]
    label = f"cycle {spectrum.cycle}, {_hours(spectrum):.1f} h"
    axes.plot(impedance.real, -impedance.imag, "-", color=color, marker="o", markersize=2, linewidth=0.7, label=label)
    whole = np.abs(np.log10(frequency) - np.round(np.log10(frequency))) < 0.01
    axes.plot(impedance.real[whole], -impedance.imag[whole], "o", color=color, markersize=4.5)


def _draw_resistance(axes: Axes, spectra: Sequence[RecordedImpedance]) -> None:
    found = [high_frequency_resistance(spectrum) for spectrum in spectra]
    cycles = [spectrum.cycle for spectrum in spectra]
    axes.plot(cycles, [resistance for resistance, _ in found], "-", color=GREY, linewidth=0.6)
    for crosses, face in ((True, GREY), (False, "white")):
        at = [index for index, (_, crossing) in enumerate(found) if crossing is crosses]
        values = [found[index][0] for index in at]
        axes.plot([cycles[i] for i in at], values, "o", color=GREY, markerfacecolor=face, markersize=4.5)
    axes.set_xlabel("Cycle")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    axes.set_ylabel("High-frequency resistance / Ω")
    axes.set_title("b  High-frequency resistance")
    axes.margins(0.12)
    axes.ticklabel_format(axis="y", useOffset=False)


def _frame(axes: Axes, spectra: Sequence[RecordedImpedance]) -> None:
    """Equal scales, nothing below the axis but what is there, and room for the legend above."""
    heights = [-spectrum.impedance_ohm.imag for spectrum in spectra if len(spectrum.points)]
    highest = max((float(height.max()) for height in heights), default=1.0)
    lowest = min((float(height.min()) for height in heights), default=0.0)
    axes.set_ylim(min(1.1 * lowest, -0.02 * highest), max(highest, 1e-9) * (1.25 + 0.16 * len(spectra)))
    axes.set_aspect("equal", adjustable="datalim" if len(spectra) > 4 else "box")


def _hours(spectrum: RecordedImpedance) -> float:
    return float(spectrum.points["time_s"][0]) / HOUR_S
