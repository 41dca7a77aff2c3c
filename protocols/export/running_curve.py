"""The voltage of the cell over time, drawn up to a moment: the second half of a film."""

import io
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from operando.protocols.summary.style import BLUE, VERMILION
from operando.protocols.summary.thinned import thinned

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["RunningCurve"]

_DOTS_PER_INCH = 100
_HOUR_S = 3600.0
_LATER = "#c8c8c8"
_MARK_RADIUS = 6


class RunningCurve:
    """Draws the curve once, and what changes on a copy of it.

    Args:
        samples: dtype SAMPLE, shape (n,).
        size: width and height in pixels.
    """

    def __init__(self, samples: NDArray[np.void], size: tuple[int, int]) -> None:
        chosen = samples[thinned(samples["voltage_V"])]
        known = chosen[~np.isnan(chosen["voltage_V"])]
        self._times_s: NDArray[np.float64] = known["time_s"]
        self._background, self._points = _draw(self._times_s / _HOUR_S, known["voltage_V"], size)

    def at(self, time_s: float) -> "Image":
        """The curve with everything up to a run time in colour."""
        from PIL import ImageDraw

        picture = self._background.copy()
        draw = ImageDraw.Draw(picture)
        passed = int(np.searchsorted(self._times_s, time_s, side="right"))
        if passed > 1:
            draw.line([tuple(point) for point in self._points[:passed].tolist()], fill=BLUE, width=3)
        if passed:
            x, y = self._points[passed - 1]
            box = (x - _MARK_RADIUS, y - _MARK_RADIUS, x + _MARK_RADIUS, y + _MARK_RADIUS)
            draw.ellipse(box, fill=VERMILION, outline="white")
        return picture


def _draw(
    time_h: NDArray[np.float64], voltage_V: NDArray[np.float64], size: tuple[int, int]
) -> tuple["Image", NDArray[np.float64]]:
    """The empty drawing, and where each point of the curve is in it (x to the right, y down)."""
    from matplotlib.figure import Figure
    from PIL import Image

    width, height = size
    figure = Figure(figsize=(width / _DOTS_PER_INCH, height / _DOTS_PER_INCH), dpi=_DOTS_PER_INCH, layout="tight")
    axes = figure.add_subplot(xlabel="time / h", ylabel="cell voltage / V")
    axes.plot(time_h, voltage_V, color=_LATER, linewidth=1.2)
    axes.spines[["top", "right"]].set_visible(False)
    drawing = io.BytesIO()
    figure.savefig(drawing, format="png", dpi=_DOTS_PER_INCH)
    points = axes.transData.transform(np.column_stack([time_h, voltage_V]))
    points[:, 1] = height - points[:, 1]
    return Image.open(drawing).convert("RGB"), points
