"""The composite cathode: NMC particles in argyrodite, with voids and the particles' own fine structure."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from operando.simulators.world.scene_layout import StackLayout
from operando.simulators.world.scene_materials import MATERIALS, Phase
from operando.simulators.world.scene_particles import depth_in_particles, particles_between
from operando.simulators.world.scene_raster import Raster
from operando.simulators.world.scene_relief import Relief, band, blended, edge
from operando.simulators.world.scene_texture import hashed_normal, mixed_seed, texture
from operando.simulators.world.signal_yields import backscatter_yield

__all__ = ["Composite"]

_NMC_BACKSCATTER = backscatter_yield(MATERIALS[Phase.NMC].mass_fractions) / backscatter_yield(
    MATERIALS[Phase.ARGYRODITE].mass_fractions
)
_NMC_SECONDARY = MATERIALS[Phase.NMC].secondary_yield / MATERIALS[Phase.ARGYRODITE].secondary_yield


@dataclass(frozen=True, slots=True, eq=False)
class Composite:
    """The composite layer.

    Args:
        layout: where it lies.
        seed: of everything drawn.
    """

    layout: StackLayout
    seed: int

    def relief(self, raster: Raster, matrix: Relief) -> Relief:
        """The surface on a raster that lies inside the layer; `matrix` is that of the argyrodite there."""
        depth, owner = self.depth_in_particles(raster)
        void = self._voids(raster, depth)
        between = Relief(
            matrix.height_m - np.float32(0.6e-6) * void,
            matrix.backscatter * (1 - np.float32(0.72) * void),
            matrix.secondary * (1 - np.float32(0.66) * void),
        )
        return blended(between, self._particle_relief(raster, depth, owner), self._rim(raster, depth))

    def nmc_share(self, raster: Raster) -> NDArray[np.float32]:
        """Share of NMC at each point, 0 to 1."""
        return self._rim(raster, self.depth_in_particles(raster)[0])

    def rim_share(self, raster: Raster, thickness_m: float) -> NDArray[np.float32]:
        """Share of each point that lies in a layer around the particles."""
        return band(-self.depth_in_particles(raster)[0], thickness_m, raster.spacing_m)

    def depth_in_particles(self, raster: Raster) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Depth below the nearest particle's edge (negative outside), and a number that is that particle's own."""
        left, right, _, _ = raster.bounds
        particles = particles_between(self.layout, self.seed, left, right)
        depth, owner = depth_in_particles(particles, raster)
        rough = texture(mixed_seed(self.seed, 1), raster, 1.2e-6, 5, gain=0.6)
        return depth + np.float32(0.07e-6) * rough, particles.name[owner]

    def _rim(self, raster: Raster, depth: NDArray[np.float32]) -> NDArray[np.float32]:
        return edge(depth, max(0.03e-6, 0.6 * raster.spacing_m))

    def _voids(self, raster: Raster, depth: NDArray[np.float32]) -> NDArray[np.float32]:
        """Voids prefer the edges of particles."""
        loose = texture(mixed_seed(self.seed, 2), raster, 4e-6, 6, gain=0.6)
        beside = np.exp(np.minimum(depth, 0) / np.float32(0.5e-6))
        return edge(np.asarray(loose + np.float32(0.55) * beside - np.float32(1.45), np.float32), 0.12)

    def _particle_relief(self, raster: Raster, depth: NDArray[np.float32], owner: NDArray[np.int64]) -> Relief:
        """A polycrystalline secondary particle: primary grains, seams between them, pores in the core."""
        look = hashed_normal(mixed_seed(self.seed, 3), owner, owner)
        primary = texture(mixed_seed(self.seed, 4), raster, 0.9e-6, 5, gain=0.6)
        seam = np.exp(-np.abs(texture(mixed_seed(self.seed, 5), raster, 1.1e-6, 4, gain=0.5)) / np.float32(0.07))
        hole = edge(texture(mixed_seed(self.seed, 6), raster, 0.8e-6, 3) - np.float32(2.0), 0.15)
        dark = np.maximum(np.float32(0.22) * seam, np.float32(0.6) * hole)
        height = np.float32(0.12e-6) + np.float32(0.02e-6) * primary - np.float32(0.05e-6) * (seam + 3 * hole)
        height = height - np.float32(0.10e-6) * np.exp(-np.maximum(depth, 0) / np.float32(0.12e-6))
        tone = (1 + np.float32(0.02) * look + np.float32(0.025) * primary) * (1 - dark)
        return Relief(height, np.float32(_NMC_BACKSCATTER) * tone, np.float32(_NMC_SECONDARY) * tone * tone)
