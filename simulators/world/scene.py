"""The cross-section of the cell, one continuous world: what lies at each place, and how its surface looks.

The scene itself does not move. The lithium, whose boundary moves with the cell, is kept beside it and is laid over
it line by line when a picture is exposed. Cracks, filaments and gaps can be laid over in the same way.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from operando.simulators.world.crack_courses import CourseFinder
from operando.simulators.world.scene_cathode_edge import CathodeEdges
from operando.simulators.world.scene_composite import Composite
from operando.simulators.world.scene_cracks import SectionCracks
from operando.simulators.world.scene_electrolyte import Electrolyte
from operando.simulators.world.scene_layout import StackLayout, grain_batch
from operando.simulators.world.scene_lithium import Lithium
from operando.simulators.world.scene_materials import MATERIALS, Phase
from operando.simulators.world.scene_raster import Raster
from operando.simulators.world.scene_relief import Relief, band, blended, edge
from operando.simulators.world.scene_texture import mixed_seed, profile, texture
from operando.simulators.world.signal_yields import backscatter_yield

__all__ = ["BARE", "Coats", "Scene"]


@dataclass(frozen=True, slots=True)
class Coats:
    """What has grown on the surfaces inside the cell.

    Args:
        anode_m: thickness of the interphase at the lithium, `cathode_m` of that on the NMC.
        contact_loss: fraction of the lithium interface that is open.
    """

    anode_m: float = 0.0
    cathode_m: float = 0.0
    contact_loss: float = 0.0


BARE = Coats()
"""Nothing yet."""


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """Everything that can be seen, without electrons: build it with `Scene.of`."""

    layout: StackLayout
    electrolyte: Electrolyte
    composite: Composite
    lithium: Lithium
    cracks: SectionCracks
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
        composite = Composite(layout, mixed_seed(seed, 2))
        lithium = Lithium(layout, batch, mixed_seed(seed, 3))
        finder = CourseFinder(electrolyte, (layout.composite_top_m, layout.lithium_boundary_m), mixed_seed(seed, 5))
        cracks = SectionCracks(layout, lithium, finder, mixed_seed(seed, 6))
        return cls(layout, electrolyte, composite, lithium, cracks, mixed_seed(seed, 4))

    def relief(self, raster: Raster) -> Relief:
        """The surface of everything but the lithium."""
        surface = matrix = self.electrolyte.relief(raster)
        layers: tuple[tuple[float, float, Callable[[Raster], Relief]], ...] = (
            # the matrix of the composite is the electrolyte of the separator
            (self.layout.composite_top_m, 1.2e-6, partial(self.composite.relief, matrix=matrix)),
            (self.layout.collector_top_m, 0.4e-6, self._foil),
            (self.layout.collector_bottom_m, 0.3e-6, self._stamp),
        )
        for number, (top_m, roughness_m, painted) in enumerate(layers):
            if raster.bounds[2] < top_m + 4 * roughness_m:
                surface = blended(surface, painted(raster), self._below(raster, number, top_m, roughness_m))
        return surface

    def phase_shares(self, raster: Raster, growth_m: float, coats: Coats = BARE) -> NDArray[np.float32]:
        """Area share of each phase at each point, shape (phases, rows, columns), with the lithium grown by so much."""
        shares = np.zeros((len(Phase), *raster.shape), np.float32)
        shares[Phase.ARGYRODITE] = 1
        below = self._below(raster, 0, self.layout.composite_top_m, 1.2e-6)
        if below.any():
            shares[Phase.NMC] = below * self.composite.nmc_share(raster)
            shares[Phase.ARGYRODITE] -= shares[Phase.NMC]
            if coats.cathode_m > 0:
                ring = shares[Phase.ARGYRODITE] * below * self.composite.rim_share(raster, coats.cathode_m)
                shares[Phase.CATHODE_INTERPHASE] = ring
                shares[Phase.ARGYRODITE] -= ring
        if coats.anode_m > 0 or coats.contact_loss > 0:
            self._coat_lithium(shares, raster, growth_m, coats)
        _covered(shares, Phase.ALUMINIUM, self._below(raster, 1, self.layout.collector_top_m, 0.4e-6))
        _covered(shares, Phase.STEEL, self._below(raster, 2, self.layout.collector_bottom_m, 0.3e-6))
        _covered(shares, Phase.LITHIUM, self._above_boundary(raster, growth_m))
        _covered(shares, Phase.STEEL, self._beyond_lithium(raster))
        outside = np.abs(raster.x_m)[None, :] > self.layout.half_width_m
        _covered(shares, Phase.PORE, np.broadcast_to(outside, raster.shape).astype(np.float32))
        return shares

    def cathode_top_y_m(self, x_m: NDArray[np.float64]) -> NDArray[np.float64]:
        """Height of the edge between separator and composite; shape of `x_m`."""
        return self._top_y_m(x_m, 0, self.layout.composite_top_m, 1.2e-6)

    def cathode_edges(self, raster: Raster) -> CathodeEdges | None:
        """Where the cathode wears; None if no composite is near."""
        low, high = raster.bounds[2:]
        if high < self.layout.collector_top_m - 3e-6 or low > self.layout.composite_top_m + 6e-6:
            return None
        return CathodeEdges.of(self.composite, self.cathode_top_y_m(raster.x_m), raster)

    def lithium_relief(self, raster: Raster) -> Relief:
        """The surface of the lithium, and of the stamp above it."""
        return blended(self.lithium.relief(raster), self._stamp(raster), self._beyond_lithium(raster))

    def _below(self, raster: Raster, number: int, top_m: float, roughness_m: float) -> NDArray[np.float32]:
        """1 below a rough interface, 0 above it."""
        if far := _all_above_or_below(raster, top_m, 6 * roughness_m):
            return np.full(raster.shape, far < 0, np.float32)
        depth = self._top_y_m(raster.x_m, number, top_m, roughness_m)[None, :] - raster.y_m[:, None]
        return edge(depth.astype(np.float32), max(0.1e-6, 0.6 * raster.spacing_m))

    def _coat_lithium(self, shares: NDArray[np.float32], raster: Raster, growth_m: float, coats: Coats) -> None:
        """Lay the reduced layer and the gap below the lithium's boundary, in place."""
        mean_m = self.layout.lithium_boundary_m - growth_m
        if _all_above_or_below(raster, mean_m, 8 * self.lithium.batch.roughness_m):
            return
        boundary_m = self.lithium.boundary_y_m(raster.x_m) - growth_m
        depth = (boundary_m[None, :] - raster.y_m[:, None]).astype(np.float32)
        gap_m = self.lithium.gap_m(raster.x_m, coats.contact_loss).astype(np.float32)[None, :]
        _covered(shares, Phase.ANODE_INTERPHASE, band(depth - gap_m, coats.anode_m, raster.spacing_m))
        _covered(shares, Phase.PORE, band(depth, gap_m, raster.spacing_m))

    def _top_y_m(self, x_m: NDArray[np.float64], number: int, top_m: float, roughness_m: float) -> NDArray[np.float64]:
        """Height of a rough interface."""
        return top_m + roughness_m * profile(mixed_seed(self.seed, number), x_m, 25e-6, 6, gain=0.6)

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
