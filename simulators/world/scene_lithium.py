"""The lithium and its moving boundary with the separator."""

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from operando.simulators.world.presets import GrainBatch
from operando.simulators.world.scene_layout import StackLayout
from operando.simulators.world.scene_materials import MATERIALS, Phase
from operando.simulators.world.scene_raster import Raster
from operando.simulators.world.scene_relief import Relief, edge
from operando.simulators.world.scene_texture import mixed_seed, profile, texture
from operando.simulators.world.signal_yields import backscatter_yield

__all__ = ["LITHIUM_SIGNAL", "Lithium", "mean_gap_m", "opening"]

#: void volume per area at which contact is largely lost (h_v in the sheet "The simulated cell", 1.5)
_VOID_SCALE_M = 1.5e-6

#: lost contact over which a patch opens to its full width
_PATCH_END = 0.15

#: no profile of nine octaves with a gain of 0.58 comes this far from its mean
_FARTHEST_ROUGH = 12.0

_BACKSCATTER = backscatter_yield(MATERIALS[Phase.LITHIUM].mass_fractions) / backscatter_yield(
    MATERIALS[Phase.ARGYRODITE].mass_fractions
)
_SECONDARY = MATERIALS[Phase.LITHIUM].secondary_yield / MATERIALS[Phase.ARGYRODITE].secondary_yield

LITHIUM_SIGNAL = {"BSE": _BACKSCATTER, "SE": _SECONDARY}
"""Of flat lithium at each detector, over that of argyrodite."""


@dataclass(frozen=True, slots=True, eq=False)
class Lithium:
    """Soft metal above the boundary. Plated lithium covers what lay below: the section is open towards the viewer."""

    layout: StackLayout
    batch: GrainBatch
    seed: int

    def boundary_y_m(self, x_m: NDArray[np.float64]) -> NDArray[np.float64]:
        """Height of the boundary at the beginning, before any lithium has moved; shape of `x_m`."""
        rough = profile(mixed_seed(self.seed, 1), x_m, 90e-6, 9, gain=0.58)
        return self.layout.lithium_boundary_m + self.batch.roughness_m * rough

    @property
    def boundary_within_m(self) -> tuple[float, float]:
        """Heights between which that boundary lies, whatever the seed: its roughness has no tails."""
        reach_m = _FARTHEST_ROUGH * self.batch.roughness_m
        return self.layout.lithium_boundary_m - reach_m, self.layout.lithium_boundary_m + reach_m

    def opens_at(self, x_m: NDArray[np.float64]) -> NDArray[np.float64]:
        """The share of lost contact at which each place of the boundary opens, 0 to 1; patches of about 5 um."""
        from scipy.special import ndtr

        return np.asarray(ndtr(profile(mixed_seed(self.seed, 2), x_m, 5e-6, 4, gain=0.5)))

    def gap_scale(self, x_m: NDArray[np.float64]) -> NDArray[np.float64]:
        """Width of the gap at each place over its mean, log-normal."""
        return np.exp(0.4 * profile(mixed_seed(self.seed, 3), x_m, 8e-6, 5, gain=0.6))

    def gap_m(self, x_m: NDArray[np.float64], contact_loss: float) -> NDArray[np.float64]:
        """Width of the gap at each place of the boundary, 0 where it is closed; shape of `x_m`."""
        lost = np.full(x_m.shape, contact_loss)
        return mean_gap_m(lost) * self.gap_scale(x_m) * opening(lost - self.opens_at(x_m))

    def relief(self, raster: Raster) -> Relief:
        """The surface on a raster: smeared metal, with a few specks of carbonate that shine."""
        smear = texture(mixed_seed(self.seed, 4), raster, 16e-6, 8, gain=0.6, stretch=0.35)
        mottle = texture(mixed_seed(self.seed, 5), raster, 45e-6, 6, gain=0.55)
        speck = edge(texture(mixed_seed(self.seed, 6), raster, 2.2e-6, 4, gain=0.5) - np.float32(2.7), 0.2)
        scratch = texture(mixed_seed(self.seed, 7), raster, 9e-6, 6, gain=0.75, stretch=0.06)
        pit = edge(texture(mixed_seed(self.seed, 8), raster, 7e-6, 6, gain=0.55) - np.float32(2.0), 0.4)
        height = np.float32(0.22e-6) * smear + np.float32(0.05e-6) * scratch
        height = height + np.float32(0.3e-6) * speck - np.float32(0.5e-6) * pit
        backscatter = np.float32(_BACKSCATTER) * (1 + 0.08 * mottle) + np.float32(0.22) * speck
        secondary = np.float32(_SECONDARY) * (1 + 0.09 * mottle + 0.05 * smear - 0.25 * pit)
        secondary = secondary + np.float32(0.35) * speck
        return Relief(height, np.maximum(backscatter, 0.02).astype(np.float32), secondary.astype(np.float32))


def mean_gap_m(contact_loss: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean width of the gap where it is open: v/theta with theta = 1 - exp(-v/h_v) (sheet 1.5, 3)."""
    lost = np.clip(contact_loss, 1e-6, 0.97)
    return np.where(contact_loss > 0, -_VOID_SCALE_M * np.log1p(-lost) / lost, 0.0)


Numbers = TypeVar("Numbers", NDArray[np.float32], NDArray[np.float64])


def opening(open_for: Numbers) -> Numbers:
    """Share of its full width to which a patch has opened since the loss of contact passed its own; else 0."""
    share: Numbers = np.sqrt(np.clip(open_for * open_for.dtype.type(1 / _PATCH_END), 0, 1))
    return share
