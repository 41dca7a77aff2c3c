"""Where the cathode wears: rims of NMC particles, the side on which they come off, and the edge to the separator."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from operando.simulators.world.scene_composite import Composite
from operando.simulators.world.scene_raster import Raster
from operando.simulators.world.scene_texture import hashed_uniform, mixed_seed, profile, texture

__all__ = ["CathodeEdges", "delamination_opens_at"]

_FARTHEST_M = 0.6e-6
_NEVER = 2.0


@dataclass(frozen=True, slots=True, eq=False)
class CathodeEdges:
    """On a raster; all arrays have its shape.

    Args:
        below_top_m: depth below the edge to the separator; `opens_at` is the delaminated share from which on the edge
            above a point is open.
        inside_m: depth inside a particle, negative outside, cut off at +-0.6 um.
        off_at: the share of isolated NMC from which on the particle there has come off on this side.
    """

    below_top_m: NDArray[np.float32]
    opens_at: NDArray[np.float32]
    inside_m: NDArray[np.float32]
    off_at: NDArray[np.float32]

    @property
    def nbytes(self) -> int:
        """Memory taken."""
        return sum(plate.nbytes for plate in (self.below_top_m, self.inside_m, self.off_at))

    @classmethod
    def of(cls, composite: Composite, top_y_m: NDArray[np.float64], raster: Raster) -> "CathodeEdges":
        """Where they are on an upright raster; `top_y_m` is the height of the edge at each column."""
        inside, owner = composite.depth_in_particles(raster)
        seed = composite.seed
        turn = texture(mixed_seed(seed, 21), raster, 3.5e-6, 2)
        off_at = np.where(turn > 0, hashed_uniform(mixed_seed(seed, 22), owner), _NEVER)
        opens_at = delamination_opens_at(seed, raster.x_m)
        return cls(
            (top_y_m[None, :] - raster.y_m[:, None]).astype(np.float32),
            np.broadcast_to(opens_at.astype(np.float32), raster.shape),
            np.clip(inside, -_FARTHEST_M, _FARTHEST_M).astype(np.float32),
            off_at.astype(np.float32),
        )


def delamination_opens_at(seed: int, x_m: NDArray[np.float64]) -> NDArray[np.float64]:
    """The delaminated share at which each place of the cathode's edge opens; patches of tens of micrometres."""
    from scipy.special import ndtr

    return np.asarray(ndtr(profile(mixed_seed(seed, 23), x_m, 60e-6, 5, gain=0.45)))
