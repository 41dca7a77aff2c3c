"""The figures of the page: how far inside its limits each measurement lies, what was seen over time, and pictures."""

import io
import math
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from operando.drivers.conformance.measurement import Curve, Measurement
from operando.drivers.conformance.trial import Picture

__all__ = ["curves_figure", "limits_figure", "pictures_figure"]

INK, GOOD, BAD, BAND = "#1f2937", "#15803d", "#b91c1c", "#e5e7eb"
LEGEND_MOST = 6


def limits_figure(measurements: Sequence[Measurement]) -> str:
    """Where each value lies between its limits, as SVG; empty if no measurement has both limits.

    The band is the allowed range, from 0 to 1; a value far outside is drawn at the edge of the figure.
    """
    shown = [one for one in measurements if _has_range(one)]
    if not shown:
        return ""
    figure = Figure(figsize=(7.2, 0.55 + 0.3 * len(shown)), layout="constrained")
    axes = figure.subplots()
    axes.axvspan(0, 1, color=BAND, lw=0)
    for row, one in enumerate(shown):
        place = (one.value - one.lowest) / (one.highest - one.lowest) if math.isfinite(one.value) else math.inf
        axes.plot(min(max(place, -0.45), 1.45), row, "o", color=GOOD if one.kept else BAD, ms=6)
    axes.set_yticks(range(len(shown)), [one.what for one in shown], fontsize=8)
    axes.set_ylim(len(shown) - 0.5, -0.5)
    axes.set_xlim(-0.5, 1.5)
    axes.set_xticks([0, 1], ["lowest", "highest"], fontsize=8)
    _plain(axes)
    return _svg(figure)


def curves_figure(curves: Sequence[Curve]) -> str:
    """What was seen, one panel for each pair of quantities, as SVG; empty if there is none."""
    if not curves:
        return ""
    kinds = list(dict.fromkeys((curve.x_label, curve.y_label) for curve in curves))
    figure = Figure(figsize=(7.2, 2.3 * len(kinds)), layout="constrained")
    panels = figure.subplots(len(kinds), 1, squeeze=False)[:, 0]
    for axes, kind in zip(panels, kinds, strict=True):
        _panel(axes, [curve for curve in curves if (curve.x_label, curve.y_label) == kind])
    return _svg(figure)


def pictures_figure(pictures: Sequence[Picture]) -> str:
    """Pictures side by side, as SVG; empty if there is none."""
    if not pictures:
        return ""
    figure = Figure(figsize=(min(7.2, 2.4 * len(pictures)), 2.2), layout="constrained")
    lowest = min(int(picture.pixels.min()) for picture in pictures)
    highest = max(int(picture.pixels.max()) for picture in pictures)
    for axes, picture in zip(figure.subplots(1, len(pictures), squeeze=False)[0], pictures, strict=True):
        axes.imshow(picture.pixels, cmap="gray", vmin=lowest, vmax=max(highest, lowest + 1))
        axes.set_title(picture.title, fontsize=8, color=INK)
        axes.set_axis_off()
    return _svg(figure)


def _panel(axes: Axes, curves: Sequence[Curve]) -> None:
    for curve in curves:
        (line,) = axes.plot(curve.x, curve.y, ".-", lw=1, ms=3, label=curve.label)
        for name, value in curve.marks:
            axes.axhline(value, color=line.get_color(), lw=0.8, ls="--")
            axes.annotate(name, (1, value), xycoords=("axes fraction", "data"), fontsize=7, ha="right", va="bottom")
    axes.set_xlabel(curves[0].x_label, fontsize=8)
    axes.set_ylabel(curves[0].y_label, fontsize=8)
    axes.ticklabel_format(useOffset=False)
    axes.tick_params(labelsize=8)
    if len(curves) <= LEGEND_MOST:
        axes.legend(fontsize=7, frameon=False)
    _plain(axes)


def _plain(axes: Axes) -> None:
    axes.spines[["top", "right"]].set_visible(False)


def _has_range(one: Measurement) -> bool:
    return not one.is_fact and math.isfinite(one.lowest) and math.isfinite(one.highest) and one.highest > one.lowest


def _svg(figure: Figure) -> str:
    written = io.StringIO()
    figure.savefig(written, format="svg", metadata={"Date": None})
    return written.getvalue()[written.getvalue().index("<svg") :]
