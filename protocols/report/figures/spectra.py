"""Point spectra of X-rays, one below the other, with their lines labelled."""

from collections.abc import Sequence

import matplotlib.style
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from operando.protocols.record import SpectrumRow
from operando.protocols.report.figures.sizes import HOUR_S, PAGE_CM
from operando.protocols.summary.spectrum_panel import draw_spectrum
from operando.protocols.summary.style import RC, new_figure

__all__ = ["draw_spectra"]

COLUMNS = 2
PANEL_CM = 5.2
LETTERS = "abcdefghijkl"


def draw_spectra(
    spectra: Sequence[tuple[SpectrumRow, NDArray[np.uint32]]], elements: Sequence[str], *, simulated: bool
) -> Figure:
    """Draw spectra in two columns on one scale of energy.

    Args:
        spectra: rows with their counts, shape (channels,).
        elements: whose lines are looked for.
    """
    columns = min(COLUMNS, max(len(spectra), 1))
    rows = -(-len(spectra) // columns) or 1
    with matplotlib.style.context(RC):
        figure = new_figure(PAGE_CM, PANEL_CM * rows, simulated=simulated)
        panels = figure.subplots(rows, columns, squeeze=False).ravel()
        for index, (axes, (row, counts)) in enumerate(zip(panels, spectra, strict=False)):
            draw_spectrum(axes, counts, row, elements)
            axes.set_title(
                f"{LETTERS[index]}  {row.region}, {row.start_s / HOUR_S:.1f} h, {row.voltage_at_start_V:.3f} V"
            )
            axes.set_xlabel("Energy / keV" if index >= len(spectra) - columns else "")
        for axes in panels[len(spectra) :]:
            axes.set_axis_off()
    return figure
