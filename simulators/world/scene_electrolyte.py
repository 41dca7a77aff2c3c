"""The argyrodite: pressed grains with open and closed boundaries, pores between them, and the marks of the section."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from operando.simulators.world.grains import grains_around
from operando.simulators.world.grains_cells import GrainMap, grain_map
from operando.simulators.world.presets import GrainBatch
from operando.simulators.world.scene_raster import Raster
from operando.simulators.world.scene_relief import Relief, edge
from operando.simulators.world.scene_texture import hashed_normal, mixed_seed, texture, texture_at

__all__ = ["Electrolyte"]

#: steps in which the bend of the boundaries is undone, and the finest wavelength of it that a crack follows
_UNBENDING, _FOLLOWED_M = 4, 0.5e-6


@dataclass(eq=False)
class Electrolyte:
    """Argyrodite of one batch, endless in the section plane.

    Args:
        batch: sizes and porosity.
        seed: of everything drawn.
    """

    batch: GrainBatch
    seed: int

    def relief(self, raster: Raster) -> Relief:
        """The surface on a raster."""
        grains = self._grain_map(raster)
        pore = self._pore_field(raster, grains) - np.float32(self._pore_threshold)
        depth = edge(pore, max(0.22, 0.8 * raster.spacing_m / self._pore_size_m))
        groove = self._groove(raster, grains)
        look = self._of_grains(11, grains)
        bloom = texture(mixed_seed(self.seed, 12), raster, 30e-6, 5, gain=0.6)
        height = self._facets(raster, grains) + self._section_marks(raster)
        height = height - np.float32(0.30e-6) * groove - depth * self._pore_floor(raster)
        solid = 1 - depth
        backscatter = (1 + 0.022 * look + 0.015 * bloom) * (1 - 0.25 * groove) * (0.30 + 0.70 * solid)
        secondary = (1 + 0.045 * look + 0.04 * bloom) * (1 - 0.35 * groove) * (0.32 + 0.68 * solid)
        return Relief(height, backscatter.astype(np.float32), secondary.astype(np.float32))

    def bent(self, points_m: NDArray[np.float64]) -> NDArray[np.float64]:
        """Where points of the unbent grain map lie on the section: the bend undone step by step; shape (points, 2)."""
        place = points_m.copy()
        for _ in range(_UNBENDING):
            bend = np.column_stack(
                [
                    texture_at(seed, place[:, 0], place[:, 1], self._bend_length_m, 8, 0.55, _FOLLOWED_M)
                    for seed in (mixed_seed(self.seed, 1), mixed_seed(self.seed, 2))
                ]
            )
            place += 0.7 * (points_m - self._bend_m * bend - place)
        return place

    def boundary_distance_m(self, x_m: float, y_m: float) -> float:
        """From a place to the nearest grain boundary."""
        raster = Raster.around(x_m, y_m, 1e-6, 21)
        return float(self._grain_map(raster).boundary_m[10, 10])

    @property
    def _bend_m(self) -> float:
        """How far boundaries are bent, rms."""
        return 0.10 * min(self.batch.d50_m, 22e-6)

    @property
    def _bend_length_m(self) -> float:
        return min(self.batch.d50_m, 35e-6)

    @property
    def _pore_size_m(self) -> float:
        return min(0.5 * self.batch.d50_m, 5e-6)

    @cached_property
    def reference(self) -> Raster:
        """A piece of bulk, always the same, large enough for means of the batch."""
        reach_m = min(12 * self.batch.d50_m, 200e-6)
        return Raster.around(0.0, -0.65e-3, reach_m, 400)

    @cached_property
    def _pore_threshold(self) -> float:
        """The level of the pore field that leaves the batch's porosity."""
        pores = self._pore_field(self.reference, self._grain_map(self.reference))
        return float(np.quantile(pores, 1 - self.batch.porosity))

    def _of_grains(self, salt: int, grains: "_LookedGrains") -> NDArray[np.float32]:
        """A number of each point's grain, the same whatever else is in view."""
        return hashed_normal(mixed_seed(self.seed, salt), grains.seed, grains.seed)[grains.grain]

    def _grain_map(self, raster: Raster) -> "_LookedGrains":
        grains = grains_around(self.batch, self.seed, raster.bounds, 2.5 * raster.spacing_m)
        warp_x, warp_y = (
            np.float32(self._bend_m) * texture(mixed_seed(self.seed, part), raster, self._bend_length_m, 8, 0.55)
            for part in (1, 2)
        )
        found = grain_map(grains, raster, warp_x, warp_y)
        return _LookedGrains(found.grain, found.boundary_m, found.corner_m, grains.seed)

    def _pore_field(self, raster: Raster, grains: GrainMap) -> NDArray[np.float32]:
        """Pores lie where grains meet badly: at corners, along some boundaries, and a few inside."""
        size = np.float32(self._pore_size_m)
        loose = texture(mixed_seed(self.seed, 3), raster, 3 * self._pore_size_m, 8, gain=0.6)
        crowded = texture(mixed_seed(self.seed, 8), raster, 80e-6, 2)
        corners = np.exp(-grains.corner_m / (np.float32(0.35) * size))
        seams = np.exp(-grains.boundary_m / (np.float32(0.20) * size))
        return np.asarray(0.65 * loose + 0.2 * crowded + 1.5 * corners + 0.6 * seams, np.float32)

    def _pore_floor(self, raster: Raster) -> NDArray[np.float32]:
        """Depth of the pores: grains further down show through."""
        lumps = texture(mixed_seed(self.seed, 9), raster, 0.9 * self._pore_size_m, 6, gain=0.5)
        return np.asarray(np.float32(0.16 * self._pore_size_m) * (2 + np.tanh(lumps)), np.float32)

    def _groove(self, raster: Raster, grains: GrainMap) -> NDArray[np.float32]:
        """Boundaries: 0 in the grain, up to 1 in an open boundary; many are pressed shut."""
        width = np.float32(max(0.14e-6, 0.6 * raster.spacing_m))
        openness = edge(texture(mixed_seed(self.seed, 4), raster, 1.6 * min(self.batch.d50_m, 15e-6), 4), 1.2)
        faded = min(1.0, 0.25e-6 / raster.spacing_m)
        return np.asarray(faded * openness * np.exp(-grains.boundary_m / width), np.float32)

    def _facets(self, raster: Raster, grains: "_LookedGrains") -> NDArray[np.float32]:
        """Each grain stands at its own height, rounded towards its boundary."""
        step = self._of_grains(5, grains)
        crown = 1 - np.exp(-grains.boundary_m / np.float32(0.5e-6))
        return np.asarray(np.float32(0.22e-6) * (1 + 0.6 * step) * crown, np.float32)

    def _section_marks(self, raster: Raster) -> NDArray[np.float32]:
        """Roughness of the cut and the streaks of the ion beam that polished it, which came along y."""
        rough = texture(mixed_seed(self.seed, 6), raster, 6e-6, 10, gain=0.62)
        curtains = texture(mixed_seed(self.seed, 7), raster, 5e-6, 5, gain=0.7, stretch=40.0)
        pits = edge(texture(mixed_seed(self.seed, 10), raster, 2.5e-6, 4) - np.float32(2.3), 0.35)
        height = np.float32(0.09e-6) * rough + np.float32(0.05e-6) * curtains - np.float32(0.25e-6) * pits
        return np.asarray(height, np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class _LookedGrains(GrainMap):
    """A map of grains, and a seed of the look of each grain, not of each point."""

    seed: NDArray[np.int64]
