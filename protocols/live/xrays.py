"""X-ray spectra with their lines, and maps of elements."""

import io

import numpy as np
from numpy.typing import NDArray
from pydantic import JsonValue

from operando.protocols.live.pictures import Rendered
from operando.protocols.live.rows import spectrum_details
from operando.protocols.reading import RecordedSpectrum
from operando.protocols.report.element_counts import net_counts
from operando.protocols.summary.xray_lines import CELL_ELEMENTS, Line, lines_of

__all__ = ["element_map", "mapped_lines", "spectrum_values"]

BEST_OVERVOLTAGE = 1.3
"""Lines of which the beam excites little are left to their elements' other lines."""
CIVIDIS = np.array(
    [
        (0, 34, 78),
        (27, 54, 107),
        (63, 76, 109),
        (96, 97, 112),
        (125, 122, 119),
        (156, 147, 120),
        (189, 174, 110),
        (224, 203, 92),
        (254, 232, 56),
    ],
    float,
)
"""Made for all kinds of colour vision (Nuñez, Anderton and Renslow, PLoS ONE 13 (2018) e0199239), every eighth."""
SMALLEST_EDGE = 8


def spectrum_values(spectrum: RecordedSpectrum, elements: tuple[str, ...]) -> JsonValue:
    """Counts (a map's are summed), the energy scale, and the lines that the beam can excite.

    Raises:
        RecordError: if its file is not there or not whole.
    """
    counts = spectrum.counts
    summed = counts.sum(axis=(0, 1)) if spectrum.is_map else counts
    return {
        **dict(_object(spectrum_details(spectrum))),
        "counts": summed.tolist(),
        "channel_width_eV": spectrum.row.channel_width_eV,
        "offset_eV": spectrum.row.offset_eV,
        "lines": [[str(line), line.energy_keV] for line in _excited(spectrum, elements)],
        "maps": [line.element for line in mapped_lines(spectrum, elements)] if spectrum.is_map else [],
    }


def mapped_lines(spectrum: RecordedSpectrum, elements: tuple[str, ...]) -> list[Line]:
    """One line for each element: the most energetic that the beam excites well."""
    best = {line.element: line for line in _excited(spectrum, elements)}
    return sorted(best.values(), key=lambda line: line.energy_keV)


def element_map(spectrum: RecordedSpectrum, element: str, elements: tuple[str, ...]) -> Rendered | None:
    """Net counts of an element's line as colours; None if no line of it was excited."""
    from PIL import Image

    lines = {line.element: line for line in mapped_lines(spectrum, elements)}
    if element not in lines:
        return None
    row = spectrum.row
    net = net_counts(spectrum.counts, lines[element], row.channel_width_eV / 1e3, row.offset_eV / 1e3)
    picture = Image.fromarray(_coloured(net))
    larger = max(1, -(-SMALLEST_EDGE // max(1, min(picture.size))))
    picture = picture.resize((picture.width * larger, picture.height * larger), Image.Resampling.NEAREST)
    data = io.BytesIO()
    picture.save(data, "PNG")
    return Rendered(data.getvalue(), "image/png")


def _excited(spectrum: RecordedSpectrum, elements: tuple[str, ...]) -> tuple[Line, ...]:
    beam_keV = spectrum.row.beam_voltage_V / 1e3
    chosen = lines_of(elements or CELL_ELEMENTS)
    return tuple(line for line in chosen if line.energy_keV * BEST_OVERVOLTAGE < beam_keV)


def _coloured(values: NDArray[np.float64]) -> NDArray[np.uint8]:
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    share = np.clip((values - low) / (high - low) if high > low else np.zeros_like(values), 0.0, 1.0)
    places = np.linspace(0.0, 1.0, len(CIVIDIS))
    channels = [np.interp(share, places, CIVIDIS[:, channel]) for channel in range(3)]
    return np.stack(channels, axis=-1).round().astype(np.uint8)


def _object(value: JsonValue) -> dict[str, JsonValue]:
    return value if isinstance(value, dict) else {}
