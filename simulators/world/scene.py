"""The cross-section of the cell, one continuous world: what lies at each place, and how its surface looks.

The scene itself does not move. The lithium, whose boundary moves with the cell, is kept beside it and is laid over
it line by line when a picture is exposed. Cracks, filaments and gaps can be laid over in the same way.
"""

from dataclasses import dataclass
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from operando.simulators.world.scene_composite import Composite
from operando.simulators.world.scene_electrolyte import Electrolyte
from operando.simulators.world.scene_layout import StackLayout, grain_batch
from operando.simulators.world.scene_lithium import Lithium
from operando.simulators.world.scene_materials import MATERIALS, Phase
from operando.simulators.world.scene_raster import Raster
from operando.simulators.world.scene_relief import Relief, blended, edge
from operando.simulators.world.scene_texture import mixed_seed, profile, texture
from operando.simulators.world.signal_yields import backscatter_yield

__all__ = ["Scene"]


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """Everything that can be seen, without electrons: build it with `Scene.of`."""

    layout: StackLayout
    electrolyte: Electrolyte
    composite: Composite
    lithium: Lithium
    seed: int

    @classmethod
    def of(cls, preset: str, seed: int) -> "Scene":
        """The scene of a preset.

        Raises:
            ValueError: no such preset.
        """
        layout, batch = StackLayout(), grain_batch(preset)
        seed = mixed_seed(seed, crc32(preset.encode()))
        electrolyte = Electrolyte(batch, mixed_seed(seed, 1))
        composite = Composite(layout, electrolyte, mixed_seed(seed, 2))
        return cls(layout, electrolyte, composite, Lithium(layout, batch, mixed_seed(seed, 3)), mixed_seed(seed, 4))

    def relief(self, raster: Raster) -> Relief:
        """The surface of everything but the lithium."""
        surface = self.electrolyte.relief(raster)
        layers = (
            (self.layout.composite_top_m, 1.2e-6, self.composite.relief),
            (self.layout.collector_top_m, 0.4e-6, self._foil),
            (self.layout.collector_bottom_m, 0.3e-6, self._stamp),
        )
        for number, (top_m, roughness_m, painted) in enumerate(layers):
            if raster.bounds[2] < top_m + 4 * roughness_m:
                surface = blended(surface, painted(raster), self._below(raster, number, top_m, roughness_m))
        return surface

    def phase_shares(self, raster: Raster, growth_m: float) -> NDArray[np.float32]:
        """Area share of each phase at each point, shape (phases, rows, columns), with the lithium grown by so much."""
        shares = np.zeros((len(Phase), *raster.shape), np.float32)
        shares[Phase.ARGYRODITE] = 1
        below = self._below(raster, 0, self.layout.composite_top_m, 1.2e-6)
        if below.any():
            shares[Phase.NMC] = below * self.composite.nmc_share(raster)
            shares[Phase.ARGYRODITE] -= shares[Phase.NMC]
        _covered(shares, Phase.ALUMINIUM, self._below(raster, 1, self.layout.collector_top_m, 0.4e-6))
        _covered(shares, Phase.STEEL, self._below(raster, 2, self.layout.collector_bottom_m, 0.3e-6))
        _covered(shares, Phase.LITHIUM, self._above_boundary(raster, growth_m))
        _covered(shares, Phase.STEEL, self._beyond_lithium(raster))
        outside = np.abs(raster.x_m)[None, :] > self.layout.half_width_m
        _covered(shares, Phase.PORE, np.broadcast_to(outside, raster.shape).astype(np.float32))
        return shares

    def lithium_relief(self, raster: Raster) -> Relief:
        """The surface of the lithium, and of the stamp above it."""
        return blended(self.lithium.relief(raster), self._stamp(raster), self._beyond_lithium(raster))

    def _below(self, raster: Raster, number: int, top_m: float, roughness_m: float) -> NDArray[np.float32]:
        """1 below a rough interface, 0 above it."""
        if far := _all_above_or_below(raster, top_m, 6 * roughness_m):
            return np.full(raster.shape, far < 0, np.float32)
        top = top_m + roughness_m * profile(mixed_seed(self.seed, number), raster.x_m, 25e-6, 6, gain=0.6)
        depth = top[None, :] - raster.y_m[:, None]
        return edge(depth.astype(np.float32), max(0.1e-6, 0.6 * raster.spacing_m))

    def _above_boundary(self, raster: Raster, growth_m: float) -> NDArray[np.float32]:
        """1 in the lithium, 0 below it."""
        mean_m = self.layout.lithium_boundary_m - growth_m
        if far := _all_above_or_below(raster, mean_m, 6 * self.lithium.batch.roughness_m):
            return np.full(raster.shape, far > 0, np.float32)
        height = raster.y_m[:, None] + growth_m - self.lithium.boundary_y_m(raster.x_m)[None, :]
        return edge(height.astype(np.float32), 0.5 * raster.spacing_m)

    def _beyond_lithium(self, raster: Raster) -> NDArray[np.float32]:
        return 1 - self._below(raster, 3, self.layout.lithium_top_m, 0.5e-6)

    def _foil(self, raster: Raster) -> Relief:
        return self._metal(raster, Phase.ALUMINIUM, stretch=0.1)

    def _stamp(self, raster: Raster) -> Relief:
        return self._metal(raster, Phase.STEEL, stretch=8.0)

    def _metal(self, raster: Raster, phase: Phase, stretch: float) -> Relief:
        """Metal with the marks of rolling or turning."""
        marks = texture(mixed_seed(self.seed, 10 + phase), raster, 6e-6, 6, gain=0.6, stretch=stretch)
        metal, argyrodite = MATERIALS[phase], MATERIALS[Phase.ARGYRODITE]
        backscatter = backscatter_yield(metal.mass_fractions) / backscatter_yield(argyrodite.mass_fractions)
        tone = 1 + np.float32(0.03) * marks
        return Relief(
            np.float32(0.06e-6) * marks,
            np.float32(backscatter) * tone,
            np.float32(metal.secondary_yield / argyrodite.secondary_yield) * tone,
        )


def _covered(shares: NDArray[np.float32], phase: Phase, share: NDArray[np.float32]) -> None:
    """Lay a phase over the others where its share is above 0, in place."""
    shares *= 1 - share
    shares[phase] += share


def _all_above_or_below(raster: Raster, y_m: float, margin_m: float) -> int:
    """1 if every point lies above a height by a margin, -1 if every point lies below it, else 0."""
    _, _, lowest, highest = raster.bounds
    return int(lowest > y_m + margin_m) - int(highest < y_m - margin_m)
