"""A region as the microscope stands: where, how wide, and with which beam it was seen."""

import math
from dataclasses import dataclass
from datetime import datetime

from operando.drivers.bench import Bench
from operando.drivers.roles import BeamConditions, StagePosition

__all__ = ["TaughtRegion", "teach_region"]

_SMALL_ANGLE_RAD = math.radians(0.005)


@dataclass(frozen=True, slots=True)
class TaughtRegion:
    """What was read back when somebody said: here.

    Args:
        stage: position, without the beam shift.
        taught: wall time.
        picture: name of the file of its picture; empty if none was taken.
    """

    name: str
    stage: StagePosition
    conditions: BeamConditions
    taught: datetime
    picture: str = ""

    @property
    def line(self) -> str:
        """The region as one line of a protocol's `regions`, with how it was seen as a comment.

        The beam shift is part of x and y: a run begins without one. The height stays out, because it is the
        operator's to decide after each mounting; rotation and tilt are named unless they are zero.
        """
        stage, seen = self.stage, self.conditions
        place = [
            f"x: {_in(stage.x_m + seen.shift_m[0], 'mm', 1e-3, 4)}",
            f"y: {_in(stage.y_m + seen.shift_m[1], 'mm', 1e-3, 4)}",
        ]
        angles = (("rotation", stage.rotation_rad), ("tilt", stage.tilt_rad))
        place += [f"{name}: {math.degrees(angle):.2f} deg" for name, angle in angles if abs(angle) > _SMALL_ANGLE_RAD]
        entry = f"{self.name}: {{stage: {{{', '.join(place)}}}, width: {_in(seen.field_width_m, 'um', 1e-6, 3)}}}"
        beam = f"{seen.voltage_V / 1e3:g} kV, {seen.current_A * 1e12:.0f} pA"
        how = f"taught {self.taught:%Y-%m-%d %H:%M} UTC at {beam}, WD {seen.working_distance_m * 1e3:.3f} mm"
        return f"{entry}  # {how}" + (f"; {self.picture}" if self.picture else "")


def teach_region(bench: Bench, name: str, picture: str = "") -> TaughtRegion:
    """Read where the microscope stands. Changes nothing.

    Raises:
        InstrumentError: if stage or column do not tell.
        ConfigMismatch: if the bench has no microscope.
    """
    stage = bench.stage.position()
    return TaughtRegion(name, stage, bench.column.conditions(), bench.clock.wall(), picture)


def _in(value: float, unit: str, unit_in_SI: float, digits: int) -> str:
    text = f"{value / unit_in_SI:.{digits}f}"
    return f"{text.rstrip('0').rstrip('.') if digits else text} {unit}"
