"""The points of the specimen at which a scene is asked for."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Raster"]


@dataclass(frozen=True, slots=True, eq=False)
class Raster:
    """A rectangular grid of points in specimen coordinates, parallel to its axes.

    Args:
        x_m: shape (columns,), evenly spaced.
        y_m: shape (rows,), evenly spaced; falling for a picture whose top is larger y.
        spacing_m: between neighbours; nothing finer than this is drawn.
    """

    x_m: NDArray[np.float64]
    y_m: NDArray[np.float64]
    spacing_m: float

    @classmethod
    def around(cls, x_m: float, y_m: float, half_width_m: float, points: int) -> "Raster":
        """A square of points x points about a spot."""
        across = np.linspace(-half_width_m, half_width_m, points)
        return cls(x_m + across, y_m - across, 2 * half_width_m / (points - 1))

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.y_m.size, self.x_m.size

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """Smallest x, largest x, smallest y, largest y."""
        return float(self.x_m.min()), float(self.x_m.max()), float(self.y_m.min()), float(self.y_m.max())

    def coarser(self, factor: int) -> "Raster":
        """Every factor-th point, from the middle of each group."""
        first = factor // 2
        return Raster(self.x_m[first::factor], self.y_m[first::factor], self.spacing_m * factor)
