"""Where cracks run: along the grain boundaries, on the way that costs least.

One rule for every batch: a boundary costs its length times a chance factor of its own (1 to 1.6), and a crack takes the
cheapest way. Through grains of a few micrometres that looks straight; around grains of a hundred it winds.
"""

from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from operando.simulators.world.crack_lines import along_m
from operando.simulators.world.grains import grains_around
from operando.simulators.world.grains_graph import BoundaryGraph, boundary_graph
from operando.simulators.world.scene_electrolyte import Electrolyte
from operando.simulators.world.scene_texture import hashed_uniform, mixed_seed

__all__ = ["CourseFinder"]

_CHANCE = 0.6
_POINTS_APART_M = 0.25e-6


class CourseFinder:
    """Finds ways through one electrolyte; the ways do not depend on who asks, nor in which order.

    Args:
        electrolyte: whose grain boundaries they follow.
        depth_m: lowest and highest y of the layer.
        seed: of the chance that each boundary has.
    """

    def __init__(self, electrolyte: Electrolyte, depth_m: tuple[float, float], seed: int) -> None:
        self._electrolyte = electrolyte
        self._depth_m = depth_m
        self._seed = seed
        self.wander_m = max(25e-6, electrolyte.batch.largest_m)
        """No way goes farther from its stops than this: the widest grain, or many narrow ones."""
        self._leg = lru_cache(512)(self._uncached_leg)

    def course(self, stops_m: tuple[tuple[float, float], ...]) -> NDArray[np.float64]:
        """The way past some places, points about 0.25 um apart, bent as the boundaries are; shape (points, 2)."""
        legs = [self._leg(start, end) for start, end in pairwise(stops_m)]
        corners = np.concatenate([legs[0], *(leg[1:] for leg in legs[1:])])
        if len(corners) < 2:
            corners = np.array([stops_m[0], stops_m[-1]])
        way = along_m(corners)
        fine = np.linspace(0.0, way[-1], max(int(way[-1] / _POINTS_APART_M), 2))
        straight = np.column_stack([np.interp(fine, way, corners[:, axis]) for axis in (0, 1)])
        return self._electrolyte.bent(straight)

    def _uncached_leg(self, start: tuple[float, float], end: tuple[float, float]) -> NDArray[np.float64]:
        """Corners of the cheapest way between two places, in a box about them."""
        (left, right), (low, high) = (sorted(pair) for pair in zip(start, end, strict=True))
        low, high = max(low - self.wander_m, self._depth_m[0]), min(high + self.wander_m, self._depth_m[1])
        bounds = (left - self.wander_m, right + self.wander_m, low, high)
        graph = boundary_graph(grains_around(self._electrolyte.batch, self._electrolyte.seed, bounds, 0.0, whole=False))
        chance = hashed_uniform(mixed_seed(self._seed, 1), graph.grains)
        return _cheapest(graph, graph.length_m * (1.0 + _CHANCE * chance) + 1e-12, start, end)


def _cheapest(
    graph: BoundaryGraph, cost: NDArray[np.float64], start: tuple[float, float], end: tuple[float, float]
) -> NDArray[np.float64]:
    """Corners of the cheapest way between the corners nearest to two places."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra

    size = len(graph.corner_m)
    one, other = graph.edge.T
    links = csr_array((cost, (one, other)), shape=(size, size))
    first, last = (int(np.hypot(*(graph.corner_m - place).T).argmin()) for place in (start, end))
    _, before = dijkstra(links, directed=False, indices=first, return_predecessors=True)
    back = [last]
    while back[-1] != first and before[back[-1]] >= 0:
        back.append(int(before[back[-1]]))
    return np.asarray(graph.corner_m[back[::-1]])
