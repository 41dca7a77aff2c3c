"""Where the layers of the cell's cross-section lie, and the grain batches it can be made of."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

__all__ = ["BATCHES", "GrainBatch", "StackLayout", "grain_batch"]


@dataclass(frozen=True, slots=True)
class StackLayout:
    """The cross-section in specimen coordinates (metres): x along the interfaces, y through the stack.

    With the stage at (x, y) the middle of the field lies on that point of the specimen. The picture's top is larger
    y. Thicknesses: lithium 200 um, separator 600 um, composite 50 um (sheet "The simulated cell", 1.1), aluminium
    20 um, steel stamps beyond.
    """

    half_width_m: float = 5.0e-3
    lithium_top_m: float = -0.150e-3
    lithium_boundary_m: float = -0.350e-3
    composite_top_m: float = -0.950e-3
    collector_top_m: float = -1.000e-3
    collector_bottom_m: float = -1.020e-3


@dataclass(frozen=True, slots=True)
class GrainBatch:
    """A sieve cut of argyrodite: log-normal by volume between two bounds.

    Args:
        d10_m: tenth of the volume is finer; `d50_m` and `d90_m` alike.
        smallest_m: and `largest_m` are the mesh of the sieves.
        porosity: area share of open pores in the section; half of the pellet porosities (17 % and 8 %) of Singh et al.
            2022, since polishing smears small pores shut.
        roughness_m: rms of the lithium boundary about its mean (Rq 1.1 and 6.5 um in the same work).
    """

    d10_m: float
    d50_m: float
    d90_m: float
    smallest_m: float
    largest_m: float
    porosity: float
    roughness_m: float


BATCHES: Final = MappingProxyType(
    {
        "fine": GrainBatch(1.9e-6, 5.0e-6, 13.0e-6, 0.5e-6, 20e-6, porosity=0.08, roughness_m=1.1e-6),
        "coarse": GrainBatch(62e-6, 92e-6, 136e-6, 50e-6, 150e-6, porosity=0.035, roughness_m=5.0e-6),
    }
)


def grain_batch(preset: str) -> GrainBatch:
    """The batch of a preset.

    Raises:
        ValueError: no such preset.
    """
    try:
        return BATCHES[preset]
    except KeyError:
        raise ValueError(f"no preset {preset!r} of the specimen; there are {', '.join(BATCHES)}") from None
