"""Maps of elements: net counts of a line at each point."""

from collections.abc import Sequence

import matplotlib.style
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from operando.protocols.record import SpectrumRow
from operando.protocols.report.figures.sizes import HOUR_S, PAGE_CM
from operando.protocols.summary.picture_panel import draw_scale_bar
from operando.protocols.summary.style import RC, new_figure

__all__ = ["draw_element_maps"]

ElementMap = NDArray[np.float64]


def draw_element_maps(
    maps: Sequence[tuple[SpectrumRow, Sequence[tuple[str, ElementMap]]]], *, simulated: bool
) -> Figure:
    """Draw a row for each map, a column for each line; each column has one scale, so that rows compare.

    Args:
        maps: rows with the net counts of lines, shape (y, x).
    """
    columns = max((len(lines) for _, lines in maps), default=1)
    with matplotlib.style.context(RC):
        height = (PAGE_CM - 2.0) / columns * _aspect(maps)
        figure = new_figure(PAGE_CM, 1.6 + (height + 0.35) * max(len(maps), 1), simulated=simulated)
        grid = figure.subplots(max(len(maps), 1), columns, squeeze=False)
        for axes in grid.ravel():
            axes.set_axis_off()
        for column in range(columns):
            _draw_column(figure, list(grid[:, column]), maps, column)
        for panels, (row, _) in zip(grid, maps, strict=False):
            panels[0].text(
                -0.08,
                0.5,
                f"{row.region}\n{row.start_s / HOUR_S:.1f} h\n{row.voltage_at_start_V:.3f} V",
                transform=panels[0].transAxes,
                ha="right",
                va="center",
                fontsize=6.5,
            )
            draw_scale_bar(panels[0], row.columns * row.point_distance_x_m, row.rows * row.point_distance_y_m, 1.0)
    return figure


def _draw_column(
    figure: Figure,
    panels: Sequence[Axes],
    maps: Sequence[tuple[SpectrumRow, Sequence[tuple[str, ElementMap]]]],
    column: int,
) -> None:
    shown = [
        (axes, row, lines[column]) for axes, (row, lines) in zip(panels, maps, strict=False) if column < len(lines)
    ]
    top = max([float(values.max()) for _, _, (_, values) in shown], default=1.0)
    image = None
    for axes, row, (_, values) in shown:
        extent = (0.0, row.columns * row.point_distance_x_m, row.rows * row.point_distance_y_m, 0.0)
        image = axes.imshow(values, cmap="cividis", vmin=0.0, vmax=max(top, 1.0), extent=extent, aspect="equal")
    if image is None:
        return
    shown[0][0].set_title(shown[0][2][0], loc="center", fontsize=7.5, y=1.02)
    bar = figure.colorbar(image, ax=list(panels), location="bottom", shrink=0.8, aspect=14, pad=0.02)
    bar.outline.set_linewidth(0.4)
    bar.ax.tick_params(labelsize=6, length=2)
    bar.set_label("net counts", fontsize=6)


def _aspect(maps: Sequence[tuple[SpectrumRow, Sequence[tuple[str, ElementMap]]]]) -> float:
    """Height through width of the tallest map."""
    return max(
        (row.rows * row.point_distance_y_m / (row.columns * row.point_distance_x_m) for row, _ in maps), default=1.0
    )
