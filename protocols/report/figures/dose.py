"""Electron dose of the regions as it grew, and what of the budget is used."""

from collections.abc import Sequence

import matplotlib.style
from matplotlib.figure import Figure

from operando.protocols.report.figures.sizes import HOUR_S, PAGE_CM
from operando.protocols.report.region_dose import RegionDose
from operando.protocols.summary.style import BLACK, PALETTE, RC, VERMILION, new_figure

__all__ = ["draw_dose"]

STYLES = ("-", "--", "-.", ":")
APART = 50.0


def _apart(doses: Sequence[RegionDose]) -> bool:
    """Whether the regions differ so much that a linear axis shows only one of them."""
    totals = [dose.total_C_per_m2[-1] for dose in doses if dose.total_C_per_m2[-1] > 0]
    return len(totals) > 1 and max(totals) > APART * min(totals)


def draw_dose(doses: Sequence[RegionDose], *, simulated: bool) -> Figure:
    """Draw the total dose of each region against time, and the part of its budget that counts, in percent."""
    drawn = [dose for dose in doses if dose.times_s]
    last_h = max((dose.times_s[-1] / HOUR_S for dose in drawn), default=0.0)
    usable = [color for color in PALETTE if color != VERMILION]
    with matplotlib.style.context(RC):
        figure = new_figure(PAGE_CM, 6.0, simulated=simulated)
        growth, budget = figure.subplots(1, 2, width_ratios=(1.5, 1.0))
        for index, dose in enumerate(drawn):
            style = STYLES[index % len(STYLES)]
            hours = [time_s / HOUR_S for time_s in dose.times_s]
            growth.step(
                [0.0, *hours, last_h],
                [0.0, *dose.total_C_per_m2, dose.total_C_per_m2[-1]],
                style,
                where="post",
                color=usable[index % len(usable)],
                label=dose.region,
            )
        growth.set_xlabel("Time / h")
        growth.set_ylabel("Dose / C m$^{-2}$")
        growth.set_title("a  Total dose")
        growth.set_xlim(left=0.0)
        if _apart(drawn):
            growth.set_yscale("log")
        else:
            growth.set_ylim(bottom=0.0)
        if drawn:
            growth.legend(fontsize=6.5)
        limited = [dose for dose in drawn if dose.budget_C_per_m2]
        names = [f"{dose.region}\n({'fullest cycle' if dose.per_cycle else 'whole run'})" for dose in limited]
        used = [100.0 * dose.counted_C_per_m2 / (dose.budget_C_per_m2 or 1.0) for dose in limited]
        colors = [usable[drawn.index(dose) % len(usable)] for dose in limited]
        budget.barh(names, used, color=colors, height=0.5)
        for place, value in enumerate(used):
            budget.annotate(
                f"{value:.0f} %", (value, place), xytext=(3, 0), textcoords="offset points", va="center", fontsize=7
            )
        budget.axvline(100.0, color=BLACK, linewidth=0.8, linestyle=(0, (5, 3)))
        budget.set_xlim(0.0, 1.15 * max([100.0, *used]))
        budget.set_xlabel("Used of the budget / %")
        budget.set_title("b  Against the budget")
        budget.invert_yaxis()
        if not limited:
            budget.set_axis_off()
    return figure
