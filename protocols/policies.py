"""What a program says about the two flows beside each other: captures that collide, failures, and settling."""

import math
from dataclasses import dataclass
from typing import Literal

__all__ = ["Failures", "IfBusy", "IfChanged", "ImageTheFailure", "Settling"]

IfBusy = Literal["skip", "queue", "preempt"]
"""What becomes of a capture that is due while another one is taken, or none can be taken."""

IfChanged = Literal["record", "restore", "stop imaging"]
"""What is done when a picture shows that somebody has changed a setting behind the runner's back."""


@dataclass(frozen=True, slots=True)
class ImageTheFailure:
    """When the potentiostat fails, captures are taken in turn for so long before the run ends safely.

    Args:
        captures: names, taken one after the other, again and again.
        every_s: from the start of one round to the start of the next.
        for_s: after which the run ends.
    """

    captures: tuple[str, ...]
    every_s: float
    for_s: float


@dataclass(frozen=True, slots=True)
class Failures:
    """Which flow goes on when the instruments of the other one fail.

    Args:
        microscope_ends_run: whether cycling ends with the microscope. Otherwise it goes on, and imaging resumes when
            the microscope is back.
        potentiostat: what is looked at when the potentiostat has failed; None ends the run at once.
        control_cell_ends_run: whether the run ends with its control cell. Otherwise the cell in the beam goes on alone.
    """

    microscope_ends_run: bool = False
    potentiostat: ImageTheFailure | None = None
    control_cell_ends_run: bool = False


@dataclass(frozen=True, slots=True)
class Settling:
    """How long the picture is given to come to rest before a scan: after a stage move, after a change of the beam."""

    after_stage_s: float = 0.0
    after_beam_s: float = 0.0

    def wait_s(self, now_s: float, moved_s: float, changed_s: float) -> float:
        """How long to wait still.

        Args:
            now_s: run time.
            moved_s: when the stage last arrived; minus infinity if it has not moved.
            changed_s: when the beam conditions were last changed; minus infinity if they were not.
        """
        ready_s = max(moved_s + self.after_stage_s, changed_s + self.after_beam_s)
        return max(0.0, ready_s - now_s) if math.isfinite(ready_s) else 0.0
