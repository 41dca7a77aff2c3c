"""Where the layers of the cell's cross-section lie, and the grain batches it can be made of."""

from dataclasses import dataclass
from typing import get_args

from operando.simulators.world.presets import GrainBatch, PresetName, cell_preset

__all__ = ["StackLayout", "grain_batch"]


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

    @property
    def lithium_thickness_m(self) -> float:
        """Of the foil as assembled."""
        return self.lithium_top_m - self.lithium_boundary_m


def grain_batch(preset: str) -> GrainBatch:
    """The batch of a preset, from its data file.

    Raises:
        ValueError: no such preset, or one that has no grains.
    """
    batches = {name: grains for name in get_args(PresetName) if (grains := cell_preset(name).grains) is not None}
    try:
        return batches[preset]
    except KeyError:
        raise ValueError(f"no preset {preset!r} of the specimen; there are {', '.join(batches)}") from None
