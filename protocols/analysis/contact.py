"""How much of the lithium still touches the electrolyte, and how wide the gap is where it does not.

In secondary electrons a gap is darker than the lithium above it and the electrolyte below it. Its width is the missing
signal above the electrolyte's edge over the depth of the darkest part; columns whose gap is narrower than what the
picture resolves count as contact, and the width of such gaps is not detectable, never zero.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from operando.protocols.analysis.interface import SMOOTH_PX, Interface, find_interface
from operando.protocols.analysis.measured import Measured, not_detectable

__all__ = ["Contact", "measure_contact"]

_LEAST_PX = 1.0
"""A gap that is narrower is noise."""
_SHARP_PX = 0.5
"""Standard deviation with which a picture in focus shows an edge, pixels and probe together."""
_BELOW_PX = 6
"""Rows about the edge in which the band may begin."""
_DEEP, _MOTTLED_PX = 0.4, 31
"""Share of a gap's depth that a column must reach, and columns over which the lithium's grey is the same."""
_FAINT, _DARKEST = 0.25, 0.003
"""Share of a gap's depth that is still noise of the metal, and share of the pixels near the edge that is surely gap."""
_WIDEST_M = 12e-6
_PATCH_M = 10e-6
"""Places of an interface that are farther apart than this open on their own (order of the patches seen)."""
_PORE_MARGIN_PX = 4
_CLEAR = 4.0
"""Standard deviations of the noise by which a gap must be darker than the lithium."""


@dataclass(frozen=True, slots=True)
class Contact:
    """What one picture shows of the lithium interface.

    Args:
        fraction: of the interface in contact.
        gap_m: mean width of the gap where it is open; not detectable if nothing is open.
        seen_m: length of interface that was looked at.
    """

    fraction: Measured
    gap_m: Measured
    seen_m: float


def measure_contact(
    picture: NDArray[np.generic], pixel_m: float, fresh: NDArray[np.generic] | None = None
) -> Contact:
    """Contact along the interface in a picture of secondary electrons, lithium at the top.

    Args:
        picture: shape (rows, columns).
        pixel_m: edge of a pixel.
        fresh: the same place before cycling, brought back onto the picture; dark places at its interface are pores,
            and what lies there is not counted.

    Raises:
        ValueError: if no interface is in the picture.
    """
    interface = find_interface(picture)
    width_px = gap_widths_px(interface, round(_WIDEST_M / pixel_m))
    judged = np.ones(width_px.size, bool)
    if fresh is not None:
        pores = gap_widths_px(find_interface(np.where(np.isfinite(fresh), fresh, np.nanmedian(picture))), round(_WIDEST_M / pixel_m)) >= _LEAST_PX
        judged = ~np.convolve(pores, np.ones(2 * _PORE_MARGIN_PX + 1), "same").astype(bool)
    opened = width_px[judged] >= _LEAST_PX
    seen_m = float(judged.sum()) * pixel_m
    least_m = _LEAST_PX * pixel_m
    if not opened.size:
        return Contact(not_detectable(), not_detectable(least_m), 0.0)
    lost = float(opened.mean())
    patches = max(seen_m / _PATCH_M, 1.0)
    fraction = Measured(1.0 - lost, float(np.sqrt(max(lost * (1.0 - lost), 1.0 / patches) / patches)))
    if not opened.any():
        return Contact(fraction, not_detectable(least_m), seen_m)
    widths_m = width_px[judged][opened] * pixel_m
    spread_m = float(widths_m.std()) / np.sqrt(max(opened.sum() * pixel_m / _PATCH_M, 1.0))
    return Contact(fraction, Measured(float(widths_m.mean()), float(np.hypot(spread_m, 0.5 * pixel_m)), least_m), seen_m)


def gap_widths_px(interface: Interface, farthest_px: int) -> NDArray[np.float64]:
    """Width of the dark band at the electrolyte's edge in each column, 0 where there is none; shape (columns,).

    From the signal that is missing to that of the metal, which a blurred band of some width would miss, too.
    """
    smoothed, metal = interface.smoothed, interface.metal
    rows = interface.row[None, :] - np.arange(-_BELOW_PX, farthest_px)[:, None]
    band = np.take_along_axis(smoothed, np.clip(rows, 0, smoothed.shape[0] - 1), axis=0)
    deepest = float(np.quantile(band, _DARKEST))
    # a gap is not equally deep everywhere: what counts is its usual grey
    dark = float(np.median(band[band < 0.5 * (metal + deepest)]))
    if metal - dark < _CLEAR * interface.noise:
        return np.zeros(interface.row.size)
    beside = _metal_beside(band)
    missing = np.clip((beside - band) / np.maximum(beside - dark, interface.noise), 0.0, 1.0)
    missing[:, missing[: 3 * _BELOW_PX].max(axis=0) < _DEEP] = 0.0
    missing[missing < _FAINT] = 0.0
    # only what hangs together with the edge: lithium is mottled farther up
    within = np.arange(missing.shape[0])[:, None] < 2 * _BELOW_PX
    connected = np.minimum.accumulate(np.where(within, 1.0, missing > 0.0), axis=0)
    area_px = (missing * connected).sum(axis=0)
    share = (metal - dark) / (interface.electrolyte - dark)
    widths, areas = _missing_by_width(share, farthest_px)
    return np.interp(area_px, areas, widths)


def _metal_beside(band: NDArray[np.float32]) -> NDArray[np.float32]:
    """Grey of the lithium above each column, shape (columns,): it is mottled over tens of micrometres."""
    from scipy.ndimage import median_filter

    return np.asarray(median_filter(np.median(band[-band.shape[0] // 3 :], axis=0), _MOTTLED_PX, mode="nearest"))


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
