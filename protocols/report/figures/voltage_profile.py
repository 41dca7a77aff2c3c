"""Voltage against capacity, cycle by cycle."""

import matplotlib.style
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from operando.protocols.report.cycles import passed_charge_C
from operando.protocols.report.figures.sizes import COLUMN_CM, shades
from operando.protocols.summary.style import RC, new_figure
from operando.protocols.summary.thinned import thinned

__all__ = ["draw_voltage_profiles"]

COULOMB_PER_mAh = 3.6
MOST_CYCLES = 12


def draw_voltage_profiles(samples: NDArray[np.void], *, simulated: bool) -> Figure:
    """Draw charge (full) and discharge (dashed) of at most twelve cycles, spread over the run.

    Args:
        samples: dtype SAMPLE, shape (n,).
    """
    passed_mAh = passed_charge_C(samples) / COULOMB_PER_mAh
    numbers = np.unique(samples["cycle"][samples["cycle"] > 0])
    cycles = [int(cycle) for cycle in numbers if passed_mAh[samples["cycle"] == cycle].any()]
    if len(cycles) > MOST_CYCLES:
        cycles = [cycles[i] for i in np.linspace(0, len(cycles) - 1, MOST_CYCLES).round().astype(int)]
    with matplotlib.style.context(RC):
        figure = new_figure(COLUMN_CM, 7.0, simulated=simulated)
        axes = figure.subplots()
        for cycle, color in zip(cycles, shades(len(cycles)), strict=True):
            for sign, style in ((1.0, "-"), (-1.0, "--")):
                own = (samples["cycle"] == cycle) & (sign * passed_mAh > 0)
                if not own.any():
                    continue
                shown = thinned(samples["voltage_V"][own], 1000)
                capacity = np.cumsum(sign * passed_mAh[own])[shown]
                label = f"cycle {cycle}" if sign > 0 else None
                axes.plot(capacity, samples["voltage_V"][own][shown], style, color=color, label=label)
        axes.set_xlabel("Capacity / mAh")
        axes.set_ylabel("Voltage / V")
        axes.set_xlim(left=0.0)
        if cycles:
            columns = 2 if len(cycles) > 4 else 1
            axes.legend(fontsize=6.5, ncols=columns, title="full: charge, dashed: discharge", title_fontsize=6.5)
    return figure
