"""Pictures of known geometry, drawn without the simulated world: an interface with gaps, lines, and layered disks."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["METAL", "DrawnInterface", "drawn_interface", "drawn_line", "layered_disks", "noisy"]

METAL, ELECTROLYTE, GAP, PORE = 60.0, 100.0, 15.0, 20.0
SIZE = (240, 800)


@dataclass(frozen=True, slots=True, eq=False)
class DrawnInterface:
    """A picture and what is true of it: width of the gap in each column, in pixels."""

    picture: NDArray[np.uint8]
    gap_px: NDArray[np.float64]


def noisy(signal: NDArray[np.float64], seed: int, noise: float = 4.0) -> NDArray[np.uint8]:
    """With a little blur and noise, in eight bits."""
    from scipy.ndimage import gaussian_filter

    blurred = gaussian_filter(signal, 0.5) + np.random.default_rng(seed).normal(0.0, noise, signal.shape)
    levels: NDArray[np.uint8] = np.clip(blurred + 0.5, 0, 255).astype(np.uint8)
    return levels


def drawn_interface(gap_px: NDArray[np.float64], seed: int, *, slope: float = 0.0) -> DrawnInterface:
    """Metal above, electrolyte below, and a gap of some width in each column, anti-aliased."""
    rows = np.arange(SIZE[0])[:, None] + 0.5
    end = 80.0 + slope * np.arange(SIZE[1])[None, :] + 3.0 * np.sin(np.arange(SIZE[1]) / 60.0)[None, :]
    below = np.clip(rows - end + 0.5, 0.0, 1.0)
    beyond = np.clip(rows - end - gap_px[None, :] + 0.5, 0.0, 1.0)
    signal = METAL * (1 - below) + GAP * (below - beyond) + ELECTROLYTE * beyond
    return DrawnInterface(noisy(signal, seed), gap_px)


def drawn_line(points_px: NDArray[np.float64], half_px: float, shape: tuple[int, int]) -> NDArray[np.float64]:
    """Share of each pixel that a line through points (row, column) covers."""
    rows, columns = np.meshgrid(*(np.arange(size) + 0.5 for size in shape), indexing="ij")
    nearest = np.full(shape, np.inf)
    for (row, column), (down, right) in zip(points_px[:-1], points_px[1:] - points_px[:-1], strict=True):
        part = np.clip(((rows - row) * down + (columns - column) * right) / max(down**2 + right**2, 1e-9), 0.0, 1.0)
        nearest = np.minimum(nearest, np.hypot(rows - row - part * down, columns - column - part * right))
    return np.clip(half_px + 0.5 - nearest, 0.0, 1.0)


def layered_disks(layer_px: float, contrast: float) -> NDArray[np.float64]:
    """Bright disks in a grey matrix, each with a darker layer around it."""
    rows, columns = np.meshgrid(np.arange(400.0), np.arange(500.0), indexing="ij")
    signal = np.full(rows.shape, 100.0)
    for row, column, radius in ((110.0, 130.0, 70.0), (280.0, 340.0, 90.0)):
        away = np.hypot(rows - row, columns - column) - radius
        layer = np.clip(away + 0.5, 0, 1) - np.clip(away - layer_px + 0.5, 0, 1)
        signal = signal * (1 - contrast * layer) * (1 - np.clip(0.5 - away, 0, 1)) + 200.0 * np.clip(0.5 - away, 0, 1)
    return signal
