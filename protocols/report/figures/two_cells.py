"""Discharge capacity and coulombic efficiency of the cell in the beam and of the control cell."""

from collections.abc import Sequence

import matplotlib.style
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from operando.protocols.report.cycles import CycleCapacity
from operando.protocols.report.figures.sizes import COLUMN_CM
from operando.protocols.summary.style import BLUE, ORANGE, RC, new_figure

__all__ = ["draw_two_cells"]

COULOMB_PER_mAh = 3.6


def draw_two_cells(first: Sequence[CycleCapacity], control: Sequence[CycleCapacity], *, simulated: bool) -> Figure:
    """Draw both; only whole cycles.

    Args:
        first: of the cell in the beam, in order.
        control: of the control cell.
    """
    with matplotlib.style.context(RC):
        figure = new_figure(COLUMN_CM, 6.0, simulated=simulated)
        above, below = figure.subplots(2, 1, sharex=True, height_ratios=(1.6, 1.0))
        cells = (("in the beam", first, "o", BLUE, BLUE), ("control", control, "s", ORANGE, "white"))
        for name, cycles, marker, color, inside in cells:
            whole = [cycle for cycle in cycles if cycle.complete]
            numbers = [cycle.cycle for cycle in whole]
            look = {"marker": marker, "color": color, "markerfacecolor": inside, "linewidth": 0.6, "markersize": 4.0}
            capacities = [cycle.discharge_C / COULOMB_PER_mAh for cycle in whole]
            above.plot(numbers, capacities, label=name, **look)
            below.plot(numbers, [100.0 * cycle.coulombic_efficiency for cycle in whole], **look)
        above.set_ylabel("Discharge / mAh")
        above.margins(x=0.1, y=0.2)
        above.legend(fontsize=6.5)
        below.set_ylabel("Coulombic\nefficiency / %")
        below.set_xlabel("Cycle")
        below.margins(y=0.25)
        below.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
        below.ticklabel_format(axis="y", useOffset=False)
        figure.align_ylabels()
    return figure
