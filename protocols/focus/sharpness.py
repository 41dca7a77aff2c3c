"""How sharp a picture is, part by part, whatever its noise.

Vollath's measure (J. Microsc. 151 (1988) 133): the autocorrelation at one pixel less that at two. Shot noise is not
correlated from pixel to pixel, so that on the average it adds nothing: a noisy picture is not taken for a sharp one.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["PARTS", "Sharpness", "sharpness_of"]

PARTS = (6, 8)
"""Rows and columns of the parts: how they differ tells how sure a sharpness is."""
LAGS_PX = (1, 2)
"""The second sees structures that a strong defocus leaves."""


@dataclass(frozen=True, slots=True)
class Sharpness:
    """Sharpness of the parts of one picture, over the square of its mean grey level.

    Args:
        parts: one value for each, row by row.
        noise: standard error that shot noise gives the mean of all parts.
    """

    parts: tuple[float, ...]
    noise: float

    @property
    def mean(self) -> float:
        """Of the whole picture."""
        return float(np.mean(self.parts))


def sharpness_of(picture: NDArray[np.generic]) -> Sharpness:
    """Sharpness of a picture of shape (height, width), which has at least `PARTS` times 8 pixels.

    Raises:
        ValueError: if it is smaller.
    """
    grey = picture.astype(np.float32)
    if grey.ndim != 2 or any(size < 8 * parts for size, parts in zip(grey.shape, PARTS, strict=True)):
        raise ValueError(f"a picture of shape {grey.shape} is too small to judge its sharpness")
    mean = float(grey.mean())
    # the beam's current flickers from line to line: a line's own mean is no structure
    grey -= grey.mean(axis=1, keepdims=True)
    found = np.sum([_drop(grey, axis, lag) for axis in (0, 1) for lag in LAGS_PX], axis=0)
    scale = max(mean, 1.0) ** 2
    structure, noise = _variances(grey)
    rows, columns = (np.array_split(np.arange(size), parts) for size, parts in zip(found.shape, PARTS, strict=True))
    parts = [float(found[np.ix_(row, column)].mean()) for row in rows for column in columns]
    # four products of two lags, each with the noise of both its pixels and of the pixel at twice the lag
    error = (4 * (2 * noise**2 + 2 * noise * structure) / found.size) ** 0.5
    return Sharpness(tuple(part / scale for part in parts), error / scale)


def _variances(grey: NDArray[np.float32]) -> tuple[float, float]:
    """Variance of what is seen and of its noise: what the autocorrelation, continued to lag 0, leaves unexplained."""
    at0, at1, at2 = (float((grey[:, : -lag or None] * grey[:, lag:]).mean()) for lag in (0, 1, 2))
    structure = max(2 * at1 - at2, 0.0)
    return structure, max(at0 - structure, 0.0)


def _drop(grey: NDArray[np.float32], axis: int, lag: int) -> NDArray[np.float32]:
    """Product with the pixel at a lag, less that at twice the lag; cut to one shape for both axes and all lags."""
    margin = 2 * max(LAGS_PX)
    rows, columns = (size - margin for size in grey.shape)

    def at(distance: int) -> NDArray[np.float32]:
        down, right = (distance, 0) if axis == 0 else (0, distance)
        return grey[down : down + rows, right : right + columns]

    return at(0) * (at(lag) - at(2 * lag))
