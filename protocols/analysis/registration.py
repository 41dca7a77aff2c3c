"""Drift between two pictures of a region, and a picture brought back to where it was."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from operando.protocols.following import Box, register

__all__ = ["Drift", "brought_back", "drift_between"]

_WHOLE = Box(0.0, 0.0, 1.0, 1.0)
_UNCERTAINTY_PX = 0.2
"""Of a registration on grains that was recognised."""
LEAST_CONFIDENCE = 0.15


@dataclass(frozen=True, slots=True)
class Drift:
    """By how much what is seen has moved, in metres to the right and down in the picture.

    Args:
        uncertainty_m: one standard deviation of each.
        confidence: height of the correlation, 0 to 1.
    """

    right_m: float
    down_m: float
    uncertainty_m: float
    confidence: float

    @property
    def recognised(self) -> bool:
        """Whether the two pictures are of one place."""
        return self.confidence >= LEAST_CONFIDENCE


def drift_between(
    reference: NDArray[np.generic],
    picture: NDArray[np.generic],
    pixel_m: float,
    part: Box = _WHOLE,
    farthest_share: float = 0.25,
) -> Drift:
    """Register a picture on an earlier one by what is in a part of it; the rest may change.

    Args:
        reference: shape (height, width), as `picture`.
        part: by fractions of the picture; below the lithium, for instance, whose boundary moves.
        farthest_share: of width and height, within which the drift is looked for.
    """
    found = register(reference, picture, part, farthest_share)
    return Drift(found.right_px * pixel_m, found.down_px * pixel_m, _UNCERTAINTY_PX * pixel_m, found.confidence)


def brought_back(picture: NDArray[np.generic], drift: Drift, pixel_m: float) -> NDArray[np.float32]:
    """The picture as it would have been without the drift; NaN where it does not reach."""
    from scipy.ndimage import shift

    back_px = (-drift.down_m / pixel_m, -drift.right_m / pixel_m)
    return np.asarray(shift(picture.astype(np.float32), back_px, order=1, cval=np.nan), np.float32)
