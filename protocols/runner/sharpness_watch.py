"""Notices that the pictures of a region have become less sharp than they were after it was focused."""

from operando.drivers.clock import Clock
from operando.drivers.roles import Image
from operando.drivers.timeline import outside
from operando.protocols.focus import Sharpness
from operando.protocols.focus.judge import SharpnessJudge
from operando.protocols.plan.fields import FieldVisit
from operando.protocols.runner.focus_pictures import JUDGED_S

__all__ = ["SharpnessWatch"]

SHORTEST_BETWEEN_S = 5.0
SURE = 4.0
"""Standard errors of the noise by which the sharpness must differ."""
SMALLEST_PX = (64, 48)

Field = tuple[str, tuple[int, int] | None, float]


class SharpnessWatch:
    """Compares each picture of a field with the first one since its region was focused.

    Args:
        clock: of the run.
        judge: of sharpness, in another process.
    """

    def __init__(self, clock: Clock, judge: SharpnessJudge) -> None:
        self._clock = clock
        self._judge = judge
        self._references: dict[tuple[Field, str, tuple[int, ...]], Sharpness] = {}
        self._last_s: dict[Field, float] = {}
        self._fallen: dict[Field, float] = {}

    def fallen(self, region: str, voltage_V: float) -> float:
        """Largest share of its sharpness that a field of a region has lost; 0 if none is known."""
        return max((share for one, share in self._fallen.items() if (one[0], one[2]) == (region, voltage_V)), default=0)

    def focused(self, regions: set[str], voltage_V: float) -> None:
        """Regions were focused, or that was tried: later pictures of a field are compared with its next one."""
        for one in [key for key in self._references if key[0][0] in regions and key[0][2] == voltage_V]:
            del self._references[one]
        for field in [key for key in self._fallen if key[0] in regions and key[2] == voltage_V]:
            del self._fallen[field]

    async def frame(self, visit: FieldVisit, image: Image) -> None:
        """Judge a picture, unless one of its field was judged just now."""
        field: Field = visit.region, visit.tile, visit.beam.voltage_V
        height, width = image.pixels.shape
        now_s = self._clock.now()
        if width < SMALLEST_PX[0] or height < SMALLEST_PX[1]:
            return
        if now_s - self._last_s.get(field, -SHORTEST_BETWEEN_S) < SHORTEST_BETWEEN_S:
            return
        self._last_s[field] = now_s
        found = await outside(self._clock, self._judge.submit(image.pixels), JUDGED_S)
        reference = self._references.setdefault((field, image.detector, image.pixels.shape), found)
        lost = reference.mean - found.mean
        sure = lost > SURE * (reference.noise + found.noise)
        self._fallen[field] = lost / reference.mean if sure and reference.mean > 0 else 0.0
