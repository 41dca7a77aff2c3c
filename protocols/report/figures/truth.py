"""What was true in a simulated world, beside nothing that was measured."""

from collections.abc import Mapping

import matplotlib.style
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from operando.protocols.report.figures.sizes import HOUR_S, PAGE_CM
from operando.protocols.summary.style import PURPLE, RC, new_figure
from operando.protocols.summary.thinned import thinned

__all__ = ["draw_truth"]

PANELS_IN_ROW = 3
PANEL_CM = 3.6


def draw_truth(time_s: NDArray[np.float64], quantities: Mapping[str, NDArray[np.float64]]) -> Figure:
    """Draw a panel for each quantity, all in one colour that nothing measured has.

    Args:
        time_s: run times, shape (n,), in order.
        quantities: by name with unit, shape (n,).
    """
    rows = max(1, -(-len(quantities) // PANELS_IN_ROW))
    with matplotlib.style.context(RC):
        figure = new_figure(PAGE_CM, 0.8 + PANEL_CM * rows, simulated=True)
        panels = figure.subplots(rows, PANELS_IN_ROW, sharex=True, squeeze=False).ravel()
        for axes, (name, values) in zip(panels, quantities.items(), strict=False):
            shown = thinned(values, 1000)
            axes.plot(time_s[shown] / HOUR_S, values[shown], color=PURPLE)
            axes.set_title(name, fontsize=7.5, fontweight="normal")
            axes.ticklabel_format(axis="y", useOffset=False, scilimits=(-3, 4))
            axes.tick_params(labelsize=7)
            axes.tick_params(labelbottom=True)
        for axes in panels[len(quantities) :]:
            axes.set_axis_off()
        for axes in panels[max(0, len(quantities) - PANELS_IN_ROW) : len(quantities)]:
            axes.set_xlabel("Time / h")
    return figure
