"""What was measured around the cell: pressures with their limits, temperatures, stack pressure."""

from collections.abc import Mapping, Sequence

import matplotlib.style
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter

from operando.drivers.roles import Quality
from operando.protocols.reading import SensorSeries
from operando.protocols.report.figures.interrupted import interrupted
from operando.protocols.report.figures.sizes import HOUR_S, PAGE_CM
from operando.protocols.report.sensor_scale import is_vacuum, scale_of
from operando.protocols.summary.style import BLUE, PALETTE, RC, VERMILION, new_figure
from operando.protocols.summary.thinned import thinned

__all__ = ["draw_sensors"]

PANEL_CM = 3.4
MOST_BAD = 200


def draw_sensors(
    series: Sequence[SensorSeries],
    limits: Mapping[tuple[str, str], float],
    away_s: Sequence[tuple[float, float]] = (),
    *,
    simulated: bool,
) -> Figure:
    """Draw a panel for each sensor on one axis of time.

    Args:
        series: see `SensorSeries`.
        limits: SI, by name and quantity; a dashed line, and always inside the panel.
        away_s: from when to when nobody has measured between two sessions; no line is drawn there.
    """
    count = max(len(series), 1)
    with matplotlib.style.context(RC):
        figure = new_figure(PAGE_CM, 0.8 + PANEL_CM * count, simulated=simulated)
        panels = figure.subplots(count, 1, sharex=True, squeeze=False)[:, 0]
        for axes, one, color in zip(panels, series, _colors(count), strict=False):
            _draw(axes, one, limits.get((one.name, one.quantity)), color, away_s)
        panels[-1].set_xlabel("Time / h")
        last_s = max([float(one.time_s[-1]) for one in series if one.time_s.size], default=0.0)
        if last_s > 0:
            panels[-1].set_xlim(0.0, last_s / HOUR_S)
        figure.align_ylabels()
    return figure


def _colors(count: int) -> list[str]:
    usable = [color for color in PALETTE if color != VERMILION]
    return [usable[index % len(usable)] for index in range(count)] if count else [BLUE]


def _draw(
    axes: Axes, series: SensorSeries, limit: float | None, color: str, away_s: Sequence[tuple[float, float]]
) -> None:
    factor, offset, unit = scale_of(series)
    good = np.array([quality is Quality.OK for quality in series.quality], bool)
    time_s, values = series.time_s[good], factor * series.value[good] + offset
    shown = thinned(values)
    axes.plot(*interrupted(time_s[shown], values[shown], away_s), color=color)
    drawn = list(values[shown])
    if limit is not None:
        drawn.append(factor * limit + offset)
        _limit(axes, drawn[-1])
    if is_vacuum(series):
        axes.set_yscale("log")
        _decades(axes, drawn)
    else:
        axes.ticklabel_format(axis="y", useOffset=False)
    for time_s in series.time_s[~good][:MOST_BAD]:
        axes.axvline(time_s / HOUR_S, color=VERMILION, linewidth=0.5, alpha=0.6)
    axes.set_ylabel(f"{series.name}\n{series.quantity} / {unit}")


def _limit(axes: Axes, at: float) -> None:
    axes.axhline(at, color=VERMILION, linestyle=(0, (5, 3)), linewidth=0.8)
    axes.annotate(
        "limit",
        (1.0, at),
        xycoords=("axes fraction", "data"),
        xytext=(0, -2),
        textcoords="offset points",
        ha="right",
        va="top",
        fontsize=6.5,
        color=VERMILION,
    )


def _decades(axes: Axes, values: Sequence[float]) -> None:
    """Whole decades around everything that is drawn, two at least: one alone reads badly."""
    positive = [value for value in values if value > 0]
    if positive:
        lowest, highest = np.floor(np.log10(min(positive))), np.ceil(np.log10(max(positive)))
        if highest - lowest < 2:
            lowest -= 1
        axes.set_ylim(10.0**lowest, 10.0**highest)
        axes.yaxis.set_minor_formatter(NullFormatter())
