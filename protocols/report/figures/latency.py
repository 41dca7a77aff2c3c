"""How long after its sample each triggered scan began, against the contract."""

from collections.abc import Sequence

import matplotlib.style
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter

from operando.protocols.report.figures.sizes import PAGE_CM
from operando.protocols.summary.style import BLUE, RC, VERMILION, new_figure

__all__ = ["draw_latencies"]

SHORTEST_S = 1e-3
MOST_LINEAR = 30.0


def draw_latencies(measured: Sequence[tuple[str, Sequence[float], float | None]], *, simulated: bool) -> Figure:
    """Draw a row of points for each trigger; the contract is a vermilion bar. The axis is logarithmic if it must be.

    Args:
        measured: names of triggers, with their latencies and their contract in seconds.
    """
    with matplotlib.style.context(RC):
        figure = new_figure(PAGE_CM, 1.8 + 0.9 * max(len(measured), 1), simulated=simulated)
        axes = figure.subplots()
        for place, (_, values, promised_s) in enumerate(measured):
            spread = place + 0.25 * np.sin(np.arange(len(values)) * 2.4)  # so that equal values are told apart
            axes.plot(np.maximum(values, SHORTEST_S), spread, "o", color=BLUE, markersize=3, alpha=0.6)
            if promised_s is not None:
                axes.plot([promised_s, promised_s], [place - 0.4, place + 0.4], color=VERMILION, linewidth=1.6)
        _scale(axes, [value for _, values, _ in measured for value in values])
        axes.set_yticks(range(len(measured)), [name for name, _, _ in measured])
        axes.set_ylim(len(measured) - 0.4, -0.6)
        axes.set_xlabel("From the sample to the first line / s   (bar: contract)")
    return figure


def _scale(axes: Axes, values: Sequence[float]) -> None:
    """Linear from zero, unless the longest would hide the others."""
    positive = [max(value, SHORTEST_S) for value in values]
    if positive and max(positive) > MOST_LINEAR * min(positive):
        axes.set_xscale("log")
        axes.xaxis.set_major_formatter("{x:g}")
        axes.xaxis.set_minor_formatter(NullFormatter())
    else:
        axes.set_xlim(left=0.0)
