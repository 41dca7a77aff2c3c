"""How the specimen sits on the stage: nobody puts it back exactly as it was."""

import math
from dataclasses import dataclass, replace

from operando.simulators.world.beam import StagePose

__all__ = ["Mounting"]


@dataclass(frozen=True, slots=True)
class Mounting:
    """Turned about the origin of the stage's axes, counter-clockwise, and shifted, against how it was mounted first."""

    rotation_rad: float = 0.0
    shift_m: tuple[float, float] = (0.0, 0.0)

    def pose(self, stage: StagePose) -> StagePose:
        """Where the stage would have to stand for the same sight of the specimen as it was mounted first."""
        if not self.rotation_rad and self.shift_m == (0.0, 0.0):
            return stage
        x_m, y_m = stage.x_m - self.shift_m[0], stage.y_m - self.shift_m[1]
        cosine, sine = math.cos(self.rotation_rad), math.sin(self.rotation_rad)
        return replace(
            stage,
            x_m=x_m * cosine + y_m * sine,
            y_m=y_m * cosine - x_m * sine,
            rotation_rad=stage.rotation_rad + self.rotation_rad,
        )
