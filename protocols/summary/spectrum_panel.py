"""An X-ray spectrum with its lines labelled."""

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from operando.protocols.record import SpectrumRow
from operando.protocols.summary.style import BLUE, GREY

__all__ = ["LINES_keV", "draw_spectrum"]

LINES_keV: dict[str, float] = {
    "C K": 0.277,
    "O K": 0.525,
    "Ni L": 0.851,
    "Al K": 1.487,
    "P K": 2.010,
    "S K": 2.309,
    "Cl K": 2.622,
    "Mn Kα": 5.899,
    "Co Kα": 6.931,
    "Ni Kα": 7.480,
}
"""Energies of the lines that a cell of NMC and argyrodite can show (X-ray data booklet). Lithium has none in reach."""

SIGNIFICANCE = 5.0


def draw_spectrum(axes: Axes, counts: NDArray[np.uint32], row: SpectrumRow) -> None:
    """Draw counts against energy; lines that stand out of the noise get their name."""
    energy = (row.offset_eV + row.channel_width_eV * np.arange(counts.size)) / 1e3
    top = row.beam_voltage_V / 1e3
    shown = energy <= top
    axes.fill_between(energy[shown], counts[shown], step="mid", color=BLUE, alpha=0.25, linewidth=0)
    axes.step(energy[shown], counts[shown], where="mid", color=BLUE, linewidth=0.7)
    highest = max(1.0, float(counts[shown].max(initial=0)))
    for name, line in LINES_keV.items():
        if line < top and (height := _above_background(energy, counts, line)) > 0:
            axes.annotate(
                name,
                (line, height),
                xytext=(0, 10),
                textcoords="offset points",
                ha="center",
                va="bottom",
                rotation=90,
                fontsize=7,
                arrowprops={"arrowstyle": "-", "linewidth": 0.4, "color": GREY},
            )
    axes.set_xlim(0.0, top)
    axes.set_ylim(0.0, 1.35 * highest)
    axes.set_xlabel("Energy / keV")
    axes.set_ylabel("Counts")
    axes.set_title(f"EDS, {row.region}, {top:g} kV, {row.live_time_s:.1f} s live")


def _above_background(energy: NDArray[np.floating], counts: NDArray[np.uint32], line: float) -> float:
    """Height of a line if it stands out of its neighbourhood, else 0."""
    near = np.abs(energy - line) < 0.04
    beside = (np.abs(energy - line) > 0.12) & (np.abs(energy - line) < 0.2)
    if not near.any() or not beside.any():
        return 0.0
    background = float(np.median(counts[beside]))
    height = float(counts[near].max())
    return height if height - background > SIGNIFICANCE * np.sqrt(background + 1.0) else 0.0
