"""Net counts of characteristic lines in a spectrum: a window over the line, less the background on both sides."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from operando.protocols.analysis.measured import Measured, not_detectable
from operando.protocols.summary.xray_lines import LINES, line_width_keV

__all__ = ["line_intensities"]

_HALF_WINDOW, _BACKGROUND = 1.2, (1.6, 2.6)
"""Half widths of the window and of the background beside it, over the line's full width at half maximum."""
_SURE = 3.0


def line_intensities(
    counts: NDArray[np.generic], energy_eV: NDArray[np.float64], elements: Sequence[str]
) -> Mapping[str, Measured]:
    """Net counts of the line of each element that shows best, with their Poisson uncertainty.

    Args:
        counts: shape (channels,).
        energy_eV: of each channel.
        elements: symbols; those without a line in the spectrum (lithium) are not detectable.
    """
    return {element: _net(counts.astype(np.float64), energy_eV, element) for element in elements}


def _net(counts: NDArray[np.float64], energy_eV: NDArray[np.float64], element: str) -> Measured:
    best = not_detectable()
    for line in LINES:
        if line.element != element:
            continue
        width_eV, middle_eV = 1e3 * line_width_keV(line.energy_keV), 1e3 * line.energy_keV
        away = np.abs(energy_eV - middle_eV) / width_eV
        window, beside = away < _HALF_WINDOW, (away > _BACKGROUND[0]) & (away < _BACKGROUND[1])
        if energy_eV[-1] < middle_eV + _BACKGROUND[1] * width_eV or not beside.any():
            continue
        share = window.sum() / beside.sum()
        net = float(counts[window].sum() - share * counts[beside].sum())
        error = float(np.sqrt(max(counts[window].sum() + share**2 * counts[beside].sum(), 1.0)))
        found = Measured(net, error, _SURE * error)
        if not best.detectable or net / error > best.value / best.uncertainty:
            best = found
    return best.above_least() if best.detectable else best
