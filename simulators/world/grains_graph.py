"""The boundaries between grains as a graph: corners, and the edges along which a crack can run.

The grains are the cells of a power diagram. Its corners are the facets of the lower hull of the discs lifted onto the
paraboloid z = x^2 + y^2 - r^2 (Aurenhammer 1987); neighbouring facets share a boundary.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from operando.simulators.world.grains import Grains

__all__ = ["BoundaryGraph", "boundary_graph"]

_MICROMETRE = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class BoundaryGraph:
    """Corners and boundaries of some grains, not yet bent.

    Args:
        corner_m: shape (corners, 2).
        edge: the two corners of each boundary, shape (edges, 2).
        grains: what the two grains beside each boundary are called together, shape (edges,).
    """

    corner_m: NDArray[np.float64]
    edge: NDArray[np.int64]
    grains: NDArray[np.int64]

    @property
    def length_m(self) -> NDArray[np.float64]:
        """Of each boundary, shape (edges,)."""
        along = self.corner_m[self.edge[:, 0]] - self.corner_m[self.edge[:, 1]]
        return np.asarray(np.hypot(along[:, 0], along[:, 1]))


def boundary_graph(grains: Grains) -> BoundaryGraph:
    """The boundaries between grains; those of the outermost grains are missing."""
    from scipy.spatial import ConvexHull

    middle = np.array([grains.x_m.mean(), grains.y_m.mean()])
    # in micrometres about the middle, so that the hull is well conditioned
    place = (np.column_stack([grains.x_m, grains.y_m]) - middle) / _MICROMETRE
    lift = (place**2).sum(axis=1) - (grains.radius_m / _MICROMETRE) ** 2
    hull = ConvexHull(np.column_stack([place, lift]))
    normal = hull.equations
    lower = normal[:, 2] < -1e-9
    corner = -0.5 * normal[:, :2] / np.where(lower, normal[:, 2], -1.0)[:, None]
    number = np.cumsum(lower) - 1
    facet, side = np.nonzero(lower[:, None] & lower[hull.neighbors])
    other = hull.neighbors[facet, side]
    once = facet < other
    facet, side, other = facet[once], side[once], other[once]
    # the boundary lies between the two grains that both facets have: those not opposite to the neighbour
    beside = hull.simplices[facet[:, None], (side[:, None] + np.array([[1, 2]])) % 3]
    names = grains.seed[beside[:, 0]] ^ grains.seed[beside[:, 1]]
    return BoundaryGraph(corner[lower] * _MICROMETRE + middle, np.column_stack([number[facet], number[other]]), names)
