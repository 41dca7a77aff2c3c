"""When a region is focused, where, and with how much dose: what the protocol says about focus."""

from dataclasses import dataclass
from typing import Literal

__all__ = ["BESIDE", "FocusRule", "Lens"]

BESIDE = "beside the region"


@dataclass(frozen=True, slots=True)
class FocusRule:
    """Focus by rule; SI units.

    Args:
        on: name of a region that is sacrificed for all others; None focuses beside each of them.
        every_s: a region is focused again so long after the last time; None never for that reason.
        when_beam_energy_changed: the first time that a region is looked at with a beam energy.
        when_sharpness_falls: share of the sharpness after focusing that may be lost; None never for that reason.
        range_m: working distances up to so far from the present one are tried, none beyond.
        astigmatism: whether the stigmators are corrected too, up to `stigmator_range` per cent from where they are.
        largest_dose_C_per_m2: of one focusing, on the spot that is sacrificed.
        budget_C_per_m2: of each such spot, in all; None without one.
        detector: whose pictures are judged; None takes the first of the capture.
        by: the runner's own search, or the microscope's own autofocus, judged by a picture before and one after.
    """

    on: str | None = None
    every_s: float | None = None
    when_beam_energy_changed: bool = True
    when_sharpness_falls: float | None = None
    range_m: float = 60e-6
    astigmatism: bool = False
    stigmator_range: float = 5.0
    largest_dose_C_per_m2: float = 5.0
    budget_C_per_m2: float | None = None
    detector: str | None = None
    by: Literal["pictures", "microscope"] = "pictures"
    line: int = 0

    def due(self, since_s: float | None, fallen: float = 0.0, *, asked: bool = False) -> str:
        """Why a region is to be focused now, in words; empty if it is not.

        Args:
            since_s: time since it was last tried with this beam energy; None if it never was.
            fallen: share of the sharpness that was lost since then.
            asked: whether the capture asks for it (`refocus: true`).
        """
        if since_s is None and self.when_beam_energy_changed:
            return "the beam energy is new to the region"
        if asked:
            return "the capture refocuses"
        if self.every_s is not None and (since_s is None or since_s >= self.every_s):
            return f"{self.every_s / 60:g} min have passed" if since_s is not None else "it was never focused"
        if self.when_sharpness_falls is not None and fallen >= self.when_sharpness_falls:
            return f"the sharpness fell by {100 * fallen:.0f} %"
        return ""


@dataclass(frozen=True, slots=True)
class Lens:
    """What focusing finds."""

    working_distance_m: float
    stigmators: tuple[float, float]
