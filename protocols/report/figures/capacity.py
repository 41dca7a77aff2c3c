"""Capacity and coulombic efficiency by cycle."""

from collections.abc import Sequence

import matplotlib.style
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from operando.protocols.report.cycles import CycleCapacity
from operando.protocols.report.figures.sizes import COLUMN_CM
from operando.protocols.summary.style import BLUE, GREEN, GREY, RC, VERMILION, new_figure

__all__ = ["draw_capacity"]

COULOMB_PER_mAh = 3.6


def draw_capacity(cycles: Sequence[CycleCapacity], nominal_C: float | None, *, simulated: bool) -> Figure:
    """Draw charge and discharge capacity above, coulombic efficiency below; hollow: a cycle that is not complete.

    Args:
        cycles: in order.
        nominal_C: a thin line, if it is known.
    """
    with matplotlib.style.context(RC):
        figure = new_figure(COLUMN_CM, 7.0, simulated=simulated)
        above, below = figure.subplots(2, 1, sharex=True, height_ratios=(1.6, 1.0))
        for marker, color, name in (("^", BLUE, "charge"), ("v", VERMILION, "discharge")):
            values = [getattr(cycle, f"{name}_C") / COULOMB_PER_mAh for cycle in cycles]
            above.plot([cycle.cycle for cycle in cycles], values, color=color, linewidth=0.6)
            for complete in (True, False):
                chosen = [i for i, cycle in enumerate(cycles) if cycle.complete is complete]
                above.plot(
                    [cycles[i].cycle for i in chosen],
                    [values[i] for i in chosen],
                    marker,
                    color=color,
                    markersize=5,
                    markerfacecolor=color if complete else "white",
                    label=name if complete else None,
                )
        if nominal_C is not None:
            above.axhline(nominal_C / COULOMB_PER_mAh, color=GREY, linewidth=0.5, linestyle=":")
            at = (0.5, nominal_C / COULOMB_PER_mAh)
            above.annotate(
                "nominal",
                at,
                xycoords=("axes fraction", "data"),
                xytext=(0, 1),
                textcoords="offset points",
                ha="center",
                va="bottom",
                fontsize=6.5,
                color=GREY,
            )
        efficiency = [100.0 * cycle.coulombic_efficiency for cycle in cycles]
        below.plot([cycle.cycle for cycle in cycles], efficiency, "o-", color=GREEN, markersize=4, linewidth=0.6)
        above.set_ylabel("Capacity / mAh")
        highest = max([cycle.charge_C for cycle in cycles] + [cycle.discharge_C for cycle in cycles], default=3.6)
        above.set_ylim(0.0, 1.2 * max(highest, nominal_C or 0.0) / COULOMB_PER_mAh)
        above.margins(x=0.1)
        if cycles:
            above.legend(fontsize=6.5, loc="lower left")
        below.set_ylabel("Coulombic\nefficiency / %")
        below.set_xlabel("Cycle")
        below.margins(y=0.25)
        below.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
        below.ticklabel_format(axis="y", useOffset=False)
        figure.align_ylabels()
    return figure
