"""The summary of a run: curves, pictures, a spectrum, pressures, on one page."""

from pathlib import Path

import matplotlib.style
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from operando.protocols.record import (
    load_pixels,
    open_samples,
    read_frames,
    read_header,
    read_sensors,
    read_spectra,
)
from operando.protocols.record.msa import msa_counts
from operando.protocols.summary.cell_panel import draw_cell
from operando.protocols.summary.picture_panel import choose_along_first_charge, draw_picture
from operando.protocols.summary.pressure_panel import draw_pressures
from operando.protocols.summary.spectrum_panel import draw_spectrum
from operando.protocols.summary.style import GREY, RC, settle

__all__ = ["draw_summary"]

PICTURES = 4


def draw_summary(folder: Path) -> Path:
    """Draw `derived/summary.png` of a record; the record itself stays as it is.

    Raises:
        RecordError: if the folder is no record.
    """
    header, samples, frames = read_header(folder), open_samples(folder), read_frames(folder)
    chosen = choose_along_first_charge(frames, PICTURES)
    spectra = [row for row in read_spectra(folder) if row.kind == "point"]
    with matplotlib.style.context(RC):
        figure = Figure(figsize=(10.0, 8.6), layout="constrained")
        FigureCanvasAgg(figure)
        rows = figure.add_gridspec(3, 1, height_ratios=(3.0, 2.2, 2.6))
        voltage_axes, current_axes = (
            rows[0].subgridspec(2, 1, height_ratios=(2.4, 1.0)).subplots(sharex=True, squeeze=False)[:, 0]
        )
        draw_cell(voltage_axes, current_axes, samples, frames, chosen)
        if chosen:
            for axes, frame, letter in zip(
                rows[1].subgridspec(1, len(chosen)).subplots(squeeze=False)[0], chosen, "abcd", strict=False
            ):
                draw_picture(axes, load_pixels(folder, frame), frame, letter)
        below = rows[2].subgridspec(1, 2, width_ratios=(1.15, 1.0))
        if spectra:
            counts = np.array(msa_counts((folder / spectra[0].file).read_text(encoding="utf-8")), dtype=np.uint32)
            draw_spectrum(figure.add_subplot(below[0]), counts, spectra[0])
        box_axes, chamber_axes = below[1].subgridspec(2, 1).subplots(sharex=True, squeeze=False)[:, 0]
        draw_pressures(box_axes, chamber_axes, read_sensors(folder))
        simulated = "SIMULATED. " if header.simulated else ""
        figure.suptitle(f"{header.sample.name}: {header.title}", fontsize=10, fontweight="bold", x=0.01, ha="left")
        figure.text(0.99, 0.988, f"{simulated}{header.run_id}", ha="right", va="top", fontsize=7, color=GREY)
        path = folder / "derived" / "summary.png"
        path.parent.mkdir(exist_ok=True)
        settle(figure)
        figure.savefig(path, metadata={"Software": None})
    return path
