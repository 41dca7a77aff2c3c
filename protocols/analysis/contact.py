"""How much of the lithium still touches the electrolyte, and how wide the gap is where it does not.

In secondary electrons a gap is darker than the lithium above it and the electrolyte below it. Its width is told by the
signal that is missing to that of the lithium. Columns whose gap is narrower than what the picture resolves count as
contact, and if no gap is wider its width is not detectable, never zero.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from operando.protocols.analysis.interface import SMOOTH_PX, Interface, find_interface
from operando.protocols.analysis.measured import Measured, not_detectable

__all__ = ["Contact", "gap_widths_px", "measure_contact"]

_LEAST_PX = 0.7
"""A gap that is narrower is noise."""
_SHARP_PX = 0.5
"""Standard deviation with which a picture in focus shows an edge, pixels and probe together."""
_WIDEST_M = 8e-6
_PATCH_M = 5e-6
"""Places of an interface that are farther apart than this open on their own (order of the patches seen)."""
_EDGE_PX, _BESIDE_PX = 4, 2
"""Rows about the lithium's end in which a gap begins, and columns beside a pore that are not judged."""
_DEEP, _FAINT = 0.3, 0.2
"""Share of a gap's depth that a column must reach, and what is still noise of the lithium."""
_DARKEST = 0.003
"""Share of the pixels near the lithium's end that is surely gap, if there is any."""
_MUCH = 0.3
"""Share of a gap that was dark before cycling from which on it is taken for a pore."""
_CLEAR, _LEAST_DEPTH = 4.0, 0.3
"""By how many times the noise, and by which share of the step to the electrolyte, a gap is darker than lithium."""


@dataclass(frozen=True, slots=True)
class Contact:
    """What one picture shows of the lithium interface.

    Args:
        fraction: of the interface in contact.
        gap_m: mean width of the gap where it is open; not detectable if nothing is open.
        seen_m: length of interface that was judged.
    """

    fraction: Measured
    gap_m: Measured
    seen_m: float


def measure_contact(picture: NDArray[np.generic], pixel_m: float, fresh: NDArray[np.generic] | None = None) -> Contact:
    """Contact along the interface in a picture of secondary electrons, lithium at the top.

    Args:
        picture: shape (rows, columns).
        pixel_m: edge of a pixel.
        fresh: the same place before cycling, brought back onto the picture, NaN where it was not in view; what is
            dark at the interface there is a pore and is not judged.

    Raises:
        ValueError: if no interface is in the picture.
    """
    widest_px = round(_WIDEST_M / pixel_m)
    interface = find_interface(picture)
    width_px = gap_widths_px(interface, widest_px)
    if fresh is None:
        return _along(width_px, pixel_m)
    before = find_interface(np.where(np.isfinite(fresh), fresh, picture))
    pores = (gap_widths_px(before, widest_px) >= _LEAST_PX) | _was_dark(interface, width_px, before)
    return _along(width_px[~np.convolve(pores, np.ones(2 * _BESIDE_PX + 1), "same").astype(bool)], pixel_m)


def _along(width_px: NDArray[np.float64], pixel_m: float) -> Contact:
    seen_m, least_m = width_px.size * pixel_m, _LEAST_PX * pixel_m
    if not width_px.size:
        return Contact(not_detectable(), not_detectable(least_m), 0.0)
    opened = width_px >= _LEAST_PX
    lost, patches = float(opened.mean()), max(seen_m / _PATCH_M, 1.0)
    fraction = Measured(1.0 - lost, float(np.sqrt(max(lost * (1.0 - lost), 1.0 / patches) / patches)))
    if not opened.any():
        return Contact(fraction, not_detectable(least_m), seen_m)
    widths_m = width_px[opened] * pixel_m
    spread_m = float(widths_m.std()) / np.sqrt(max(opened.sum() * pixel_m / _PATCH_M, 1.0))
    return Contact(
        fraction, Measured(float(widths_m.mean()), float(np.hypot(spread_m, 0.5 * pixel_m)), least_m), seen_m
    )


def _was_dark(interface: Interface, width_px: NDArray[np.float64], before: Interface) -> NDArray[np.bool_]:
    """Columns in which much of what is dark now, or would be if a gap were there, was darker than lithium before."""
    opened = width_px >= _LEAST_PX
    usual_px = float(np.median(width_px[opened])) if opened.any() else 0.0
    down = np.arange(interface.smoothed.shape[0])[:, None] - interface.row[None, :]
    # a pore must not count for less where there is contact: that would leave out more of what is open
    gap = (down >= 0) & (down < np.where(opened, width_px, usual_px))
    dark = gap & (before.smoothed < before.metal - _LEAST_DEPTH * (before.electrolyte - before.metal))
    return np.asarray(dark.sum(axis=0) > _MUCH * np.maximum(gap.sum(axis=0), 1))


def gap_widths_px(interface: Interface, widest_px: int) -> NDArray[np.float64]:
    """Width of the dark band below the lithium in each column, 0 where there is none; shape (columns,).

    From the signal that is missing to that of the lithium, which a blurred band of some width would miss, too.
    """
    smoothed, metal = interface.smoothed, interface.metal
    rows = interface.row[None, :] + np.arange(-_EDGE_PX, widest_px)[:, None]
    band = np.take_along_axis(smoothed, np.clip(rows, 0, smoothed.shape[0] - 1), axis=0)
    below = band - metal
    deepest = float(np.quantile(below, _DARKEST))
    step = interface.electrolyte - float(np.median(metal))
    if -deepest < max(_CLEAR * interface.noise, _LEAST_DEPTH * step):
        return np.zeros(interface.row.size)
    # a gap is not equally deep everywhere: what counts is its usual grey
    depth = -float(np.median(below[below < 0.5 * deepest]))
    missing = np.clip(-below / depth, 0.0, 1.0)
    missing[missing < _FAINT] = 0.0
    missing[:, missing[: 3 * _EDGE_PX].max(axis=0) < _DEEP] = 0.0
    near = np.arange(missing.shape[0])[:, None] < 2 * _EDGE_PX
    connected = np.minimum.accumulate(np.where(near, 1.0, missing > 0.0), axis=0)
    widths, areas = _missing_by_width(depth / (step + depth), widest_px)
    return np.asarray(np.interp((missing * connected).sum(axis=0), areas, widths), np.float64)


def _missing_by_width(share: float, widest_px: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """For bands of some widths the missing signal: metal above, the band, electrolyte below, all blurred.

    `share` is the metal's level between that of the band (0) and of the electrolyte (1).
    """
    from scipy.special import ndtr

    sigma_px = float(np.hypot(SMOOTH_PX[0], _SHARP_PX))
    widths = np.linspace(0.0, widest_px, 4 * widest_px + 1)
    y = np.arange(-3.0 * sigma_px, widest_px + 3.0 * sigma_px, 0.05)
    signal = share * (1.0 - ndtr(y / sigma_px)) + ndtr((y - widths[:, None]) / sigma_px)
    missing = np.clip((share - signal) / share, 0.0, 1.0)
    return widths, np.maximum.accumulate(missing.sum(axis=1) * 0.05)
