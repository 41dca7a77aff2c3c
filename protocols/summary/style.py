"""How figures look: colours that colour-blind people tell apart (Okabe and Ito), and sizes for print."""

__all__ = ["BLUE", "GREY", "ORANGE", "RC", "VERMILION"]

BLUE = "#0072B2"
ORANGE = "#E69F00"
VERMILION = "#D55E00"
GREY = "#555555"

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
}
