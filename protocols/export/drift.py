"""Takes the drift out of a series of pictures that is to be looked at as a film."""

import numpy as np
from numpy.typing import NDArray

from operando.protocols.following import Box, register

__all__ = ["DriftFollower", "without_drift"]

_WHOLE_PICTURE = Box(0.0, 0.0, 1.0, 1.0)
_WIDEST_COMPARED_PX = 384
_RECOGNISED = 0.3
"""Below this confidence nothing is corrected: it is another place, or noise."""
_SIMILAR = 0.6
"""Below this the specimen has changed, and the picture becomes the one that later ones are compared with."""
_FAR_SHARE = 0.1
"""Of the picture: beyond it too little of the scene is left to compare with, and the picture takes its place, too."""

Pixels = NDArray[np.uint8] | NDArray[np.uint16]


class DriftFollower:
    """Where the first picture of a series has gone in each later one."""

    def __init__(self) -> None:
        self._reference: NDArray[np.float32] | None = None
        self._reference_at = (0.0, 0.0)
        self._at = (0.0, 0.0)

    def take(self, pixels: Pixels) -> tuple[float, float]:
        """How far the scene has moved to the right and down since the first picture, in pixels."""
        reduction = -(-pixels.shape[1] // _WIDEST_COMPARED_PX)
        small = _reduced(pixels, reduction)
        if self._reference is None:
            self._reference = small
            return self._at
        found = register(self._reference, small, _WHOLE_PICTURE)
        if found.confidence >= _RECOGNISED:
            right, down = self._reference_at
            self._at = (right + found.right_px * reduction, down + found.down_px * reduction)
        height, width = small.shape
        far = max(abs(found.right_px) / width, abs(found.down_px) / height) > _FAR_SHARE
        if far or found.confidence < _SIMILAR:
            self._reference, self._reference_at = small, self._at
        return self._at


def without_drift(pixels: NDArray[np.uint8], moved_px: tuple[float, float]) -> NDArray[np.uint8]:
    """The picture moved back by whole pixels; what was outside of it is black."""
    height, width = pixels.shape
    right, down = (round(value) for value in moved_px)
    still = np.zeros_like(pixels)
    if abs(right) < width and abs(down) < height:
        rows, columns = _overlap(down, height), _overlap(right, width)
        still[rows[1], columns[1]] = pixels[rows[0], columns[0]]
    return still


def _overlap(moved: int, size: int) -> tuple[slice, slice]:
    """Where the pixels that stay are in the picture, and where they go."""
    length = size - abs(moved)
    return slice(max(moved, 0), max(moved, 0) + length), slice(max(-moved, 0), max(-moved, 0) + length)


def _reduced(pixels: Pixels, factor: int) -> NDArray[np.float32]:
    height, width = (size // factor * factor for size in pixels.shape)
    blocks = pixels[:height, :width].reshape(height // factor, factor, width // factor, factor)
    return np.asarray(blocks.mean(axis=(1, 3)), np.float32)
