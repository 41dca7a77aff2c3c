"""Where the specimen is in focus."""

from dataclasses import dataclass

import numpy as np

from operando.simulators.world.beam import BeamSettings, StagePose
from operando.simulators.world.scene_texture import mixed_seed

__all__ = ["FocusPlane"]

_WORKING_DISTANCE_M = 10e-3
_PER_VOLT_M = 1.5e-9


@dataclass(frozen=True, slots=True)
class FocusPlane:
    """The section plane, mounted a little askew, and the lens's dependence on the voltage.

    Args:
        height_m: working distance in focus with the stage at its origin and 5 kV.
        slope: change of it along x and y, m/m (a few um per mm).
    """

    height_m: float
    slope: tuple[float, float]

    @classmethod
    def of(cls, seed: int) -> "FocusPlane":
        """The mounting that a seed gives: within 60 um of 10 mm, askew by about 4 um/mm."""
        height, x, y = np.random.default_rng(mixed_seed(seed, 1)).uniform(-1, 1, 3)
        return cls(_WORKING_DISTANCE_M + 60e-6 * height, (5e-3 * x, 5e-3 * y))

    def best_working_distance_m(self, stage: StagePose, beam: BeamSettings) -> float:
        """At the optical axis. Raising the stage by dz shortens it by dz; the lens adds 1.5 um per kV."""
        plane_m = self.slope[0] * stage.x_m + self.slope[1] * stage.y_m
        return self.height_m + plane_m - stage.z_m + _PER_VOLT_M * (beam.voltage_V - 5000)
