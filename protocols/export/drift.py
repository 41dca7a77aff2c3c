"""Takes the drift out of a series of pictures that is to be looked at as a film."""

import numpy as np
from numpy.typing import NDArray

from operando.protocols.following import Box, register

__all__ = ["FilmDrift", "without_drift"]

_WHOLE_PICTURE = Box(0.0, 0.0, 1.0, 1.0)
_WIDEST_COMPARED_PX = 384
_RECOGNISED = 0.3
"""Below this confidence nothing is corrected: it is another place, or noise."""
_SIMILAR = 0.6
"""Below this the specimen has changed, and the picture becomes the one that later ones are compared with."""
_FAR_SHARE = 0.1
"""Of the picture: beyond it too little of the scene is left to compare with, and the picture takes its place, too."""

Pixels = NDArray[np.uint8] | NDArray[np.uint16]


class FilmDrift:
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
    """The picture moved back, between whole pixels by linear interpolation; what was outside of it is black."""
    right, down = moved_px
    still = _moved_back(_moved_back(pixels.astype(np.float32), down, 0), right, 1)
    return np.rint(still).astype(np.uint8)


def _moved_back(pixels: NDArray[np.float32], moved_px: float, axis: int) -> NDArray[np.float32]:
    whole = int(np.floor(moved_px))
    share = np.float32(moved_px - whole)
    near = _rolled(pixels, whole, axis)
    return near if share == 0.0 else (1 - share) * near + share * _rolled(pixels, whole + 1, axis)


def _rolled(pixels: NDArray[np.float32], moved: int, axis: int) -> NDArray[np.float32]:
    """Moved back by whole pixels along one axis; black moves in."""
    still, size = np.zeros_like(pixels), pixels.shape[axis]
    length = size - abs(moved)
    if length > 0:
        taken, placed = max(moved, 0), max(-moved, 0)
        where: list[slice] = [slice(None), slice(None)]
        source = list(where)
        where[axis], source[axis] = slice(placed, placed + length), slice(taken, taken + length)
        still[where[0], where[1]] = pixels[source[0], source[1]]
    return still


def _reduced(pixels: Pixels, factor: int) -> NDArray[np.float32]:
    height, width = (size // factor * factor for size in pixels.shape)
    blocks = pixels[:height, :width].reshape(height // factor, factor, width // factor, factor)
    return np.asarray(blocks.mean(axis=(1, 3)), np.float32)
