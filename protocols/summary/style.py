"""How figures look: colours that colour-blind people tell apart (Okabe and Ito), and sizes for print."""

from matplotlib.figure import Figure

__all__ = [
    "BLACK",
    "BLUE",
    "GREEN",
    "GREY",
    "ORANGE",
    "PALETTE",
    "PURPLE",
    "RC",
    "SKY",
    "VERMILION",
    "new_figure",
    "settle",
]

BLACK = "#000000"
BLUE = "#0072B2"
ORANGE = "#E69F00"
VERMILION = "#D55E00"
GREEN = "#009E73"
SKY = "#56B4E9"
PURPLE = "#CC79A7"
GREY = "#555555"
PALETTE = (BLUE, VERMILION, GREEN, ORANGE, PURPLE, SKY, BLACK)

CM_PER_INCH = 2.54

RC: dict[str, object] = {
    "font.size": 8,
    "font.family": "DejaVu Sans",
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 8.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "lines.linewidth": 0.9,
    "legend.frameon": False,
    "savefig.dpi": 200,
    "svg.hashsalt": "operando",
}


def settle(figure: Figure) -> None:
    """Lay out a figure for good, its axes on round places, so that the same data make the same bytes.

    The solver of constrained layouts takes its variables in the order of their addresses in memory: places differ in
    their last digits from process to process, and now and then a line falls on another pixel.
    """
    layout = figure.get_layout_engine()
    if layout is None:
        return
    layout.execute(figure)
    for axes in figure.axes:
        left, bottom, width, height = axes.get_position().bounds
        axes.set_position((round(left, 4), round(bottom, 4), round(width, 4), round(height, 4)))
    figure.set_layout_engine("none")


def new_figure(width_cm: float, height_cm: float, *, simulated: bool) -> Figure:
    """An empty figure; one of a simulated run says so in its corner, wherever it is pasted.

    Call it, and add axes, inside `matplotlib.style.context(RC)`.
    """
    figure = Figure(figsize=(width_cm / CM_PER_INCH, height_cm / CM_PER_INCH), layout="constrained")
    if simulated:
        figure.suptitle("SIMULATED", x=0.995, ha="right", fontsize=7, fontweight="bold", color=VERMILION)
    return figure
