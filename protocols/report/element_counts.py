"""Net counts of a line, channel window by channel window; no quantification."""

import numpy as np
from numpy.typing import NDArray

from operando.protocols.summary.xray_lines import Line, line_width_keV

__all__ = ["net_counts"]


def net_counts(
    counts: NDArray[np.uint32], line: Line, channel_width_keV: float, offset_keV: float
) -> NDArray[np.float64]:
    """Counts within one line width of a line, less the background as it is beside it.

    Args:
        counts: shape (..., channels).

    Returns:
        shape (...). Neighbouring lines that overlap are not taken apart.
    """
    energy_keV = offset_keV + channel_width_keV * np.arange(counts.shape[-1])
    width_keV = line_width_keV(line.energy_keV)
    distance = np.abs(energy_keV - line.energy_keV)
    near, beside = distance <= 0.6 * width_keV, (distance > 1.2 * width_keV) & (distance <= 2.0 * width_keV)
    signal: NDArray[np.float64] = counts[..., near].sum(axis=-1, dtype=np.float64)
    if not beside.any():
        return signal
    background = counts[..., beside].mean(axis=-1, dtype=np.float64)
    net: NDArray[np.float64] = signal - background * float(near.sum())
    return net
