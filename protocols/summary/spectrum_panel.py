"""An X-ray spectrum with its lines labelled."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from operando.protocols.record import SpectrumRow
from operando.protocols.summary.style import BLUE, GREY
from operando.protocols.summary.xray_lines import CELL_ELEMENTS, Line, line_width_keV, lines_of

__all__ = ["draw_spectrum", "lines_seen"]

SIGNIFICANCE = 5.0
LABEL_WIDTH = 0.045
"""Least distance of two labels, as a part of the axis: they do not touch on one of 7 cm."""


def draw_spectrum(
    axes: Axes, counts: NDArray[np.uint32], row: SpectrumRow, elements: Sequence[str] = CELL_ELEMENTS
) -> None:
    """Draw counts against energy; lines of the elements that stand out of the noise get their name."""
    energy_keV = (row.offset_eV + row.channel_width_eV * np.arange(counts.size)) / 1e3
    seen = [(line, height) for line, height in lines_seen(energy_keV, counts, elements) if line.energy_keV < _top(row)]
    last_keV = max([line.energy_keV for line, _ in seen], default=_top(row))
    top_keV = min(_top(row), 1.15 * last_keV + 0.5)
    shown = energy_keV <= top_keV
    axes.fill_between(energy_keV[shown], counts[shown], step="mid", color=BLUE, alpha=0.25, linewidth=0)
    axes.step(energy_keV[shown], counts[shown], where="mid", color=BLUE, linewidth=0.7)
    highest = max(1.0, float(counts[shown].max(initial=0)))
    places = _apart([line.energy_keV / top_keV for line, _ in seen])
    for (line, height), place in zip(seen, places, strict=True):
        axes.annotate(
            str(line),
            (line.energy_keV, height),
            xytext=(place * top_keV, max(height + 0.1 * highest, 0.25 * highest)),
            ha="center",
            va="bottom",
            rotation=90,
            fontsize=7,
            arrowprops={"arrowstyle": "-", "linewidth": 0.4, "color": GREY, "shrinkA": 0, "shrinkB": 1},
        )
    axes.set_xlim(0.0, top_keV)
    axes.set_ylim(0.0, 1.45 * highest)
    axes.set_xlabel("Energy / keV")
    axes.set_ylabel("Counts")
    axes.set_title(f"EDS, {row.region}, {row.beam_voltage_V / 1e3:g} kV, {row.live_time_s:.1f} s live")


def lines_seen(
    energy_keV: NDArray[np.floating], counts: NDArray[np.uint32], elements: Sequence[str] = CELL_ELEMENTS
) -> list[tuple[Line, float]]:
    """The lines that stand out of the background beside them, by energy, each with its height in counts."""
    heights = [(line, _height(energy_keV, counts, line.energy_keV)) for line in lines_of(elements)]
    return [(line, height) for line, height in heights if height > 0]


def _height(energy_keV: NDArray[np.floating], counts: NDArray[np.uint32], line_keV: float) -> float:
    """Height of a line if it stands out of its neighbourhood, else 0."""
    width = line_width_keV(line_keV)
    distance = np.abs(energy_keV - line_keV)
    near, beside = distance < 0.5 * width, (distance > 1.2 * width) & (distance < 2.0 * width)
    if not near.any() or not beside.any():
        return 0.0
    background, signal = float(counts[beside].mean()), float(counts[near].sum())
    excess = signal - background * int(near.sum())
    noise = (signal + background * int(near.sum()) + 1.0) ** 0.5
    return float(counts[near].max()) if excess > SIGNIFICANCE * noise else 0.0


def _top(row: SpectrumRow) -> float:
    """The beam excites nothing above its own energy."""
    return row.beam_voltage_V / 1e3 if row.beam_voltage_V > 0 else row.channels * row.channel_width_eV / 1e3


def _apart(places: Sequence[float]) -> list[float]:
    """Places of labels, moved just so far that none lies on its neighbour."""
    moved = list(places)
    for index in range(1, len(moved)):
        moved[index] = max(moved[index], moved[index - 1] + LABEL_WIDTH)
    return moved
