"""Blisters: what a scanned surface looks like when it has taken more dose than it bears. All sizes are free."""

import numpy as np
from numpy.typing import NDArray

from operando.simulators.world.scene_texture import mixed_seed, texture_at

__all__ = ["blistered", "blistered_share"]

_SEED = mixed_seed(0xB1157E2)
_WAVELENGTH_M = 1.0e-6
#: share of the signal that is lost in a blister, and dose over the threshold (relative) after which most are there
_DEPTH, _GROWTH = 0.22, 0.5


def blistered_share(dose: NDArray[np.float32]) -> NDArray[np.float32]:
    """How many of all blisters have grown, by the dose over the one at which they begin: none up to 1."""
    return np.asarray(1 - np.exp(-np.maximum(dose - 1, 0) / np.float32(_GROWTH)), np.float32)


def blistered(
    seen: NDArray[np.float32],
    dose: NDArray[np.float32],
    x_m: NDArray[np.float64],
    y_m: NDArray[np.float64],
    edge_m: float,
) -> NDArray[np.float32]:
    """A detector's signal with the blisters of a dose.

    Args:
        seen: without them.
        dose: over the one at which they begin; all of one shape.
        x_m: of each pixel on the specimen, and `y_m`.
        edge_m: over which distance the beam sees an edge: it blurs them.
    """
    here = dose > 1
    if not here.any():
        return seen
    height = np.clip(texture_at(_SEED, x_m[here], y_m[here], _WAVELENGTH_M, 1), 0, 2).astype(np.float32)
    contrast = np.float32(_DEPTH * np.exp(-0.5 * (np.pi * edge_m / (2 * _WAVELENGTH_M)) ** 2))
    marred = seen.copy()
    marred[here] *= 1 - contrast * blistered_share(dose[here]) * height
    return marred
