"""Keeps the fields of regions on their grains while stage and specimen drift: image shift first, then the stage."""

from collections.abc import Mapping

from operando.drivers.clock import Clock
from operando.drivers.roles import Image
from operando.drivers.timeline import outside
from operando.protocols.following import Followed, Following, FollowingLimits, Registrar, RegistrarFailed
from operando.protocols.plan.fields import FieldVisit
from operando.protocols.program import Region
from operando.protocols.record import RunRecord
from operando.protocols.runner.beam import Beam

__all__ = ["DriftFollower"]

REGISTRATION_S = 0.25
"""How long a registration takes in virtual time: 0.15 to 0.25 s at 768 x 576 on a slow computer."""
SHORTEST_BETWEEN_S = 5.0
"""Drift is slow: the frames of a burst need not each be registered."""
PREFERRED = "SE"
"""Its pictures have the sharper grains."""


class DriftFollower:
    """Follows the regions that name an anchor. Registration happens in another process.

    Args:
        regions: of the program.
        limits: how far following may go.
        beam: looks aside as far as a region has drifted.
    """

    def __init__(
        self, regions: Mapping[str, Region], limits: FollowingLimits, beam: Beam, clock: Clock, record: RunRecord
    ) -> None:
        self._anchors = {region.name: region.anchor for region in regions.values() if region.anchor is not None}
        self._following = Following(limits)
        self._beam = beam
        self._clock = clock
        self._record = record
        self._registrar = Registrar()
        self._last_s: dict[tuple[str, tuple[int, int]], float] = {}
        self._told: dict[str, str] = {}
        self._here: tuple[str, tuple[int, int] | None] | None = None

    async def frame(self, visit: FieldVisit, images: tuple[Image, ...]) -> None:
        """Compare a frame with the reference of its field, and move the field if it has drifted."""
        anchor, tile = self._anchors.get(visit.region), visit.tile
        returned = self._arrive((visit.region, tile))
        if anchor is None or tile is None or not images:
            return
        if self._clock.now() - self._last_s.get((visit.region, tile), -SHORTEST_BETWEEN_S) < SHORTEST_BETWEEN_S:
            return
        self._last_s[visit.region, tile] = self._clock.now()
        image = next((image for image in images if image.detector == PREFERRED), images[0])
        reference = self._following.reference(visit.region, image, tile)
        if reference is None:
            return
        future = self._registrar.submit(reference, image.pixels, anchor)
        try:
            found = await outside(self._clock, future, REGISTRATION_S)
        except RegistrarFailed as error:
            self._record.event(self._clock.now(), "drift", "not followed", f"{visit.region}: {error}")
            return
        followed = self._following.take(visit.region, image, found, tile, returned=returned)
        self._aim(visit.region)
        self._tell(visit.region, followed)

    def close(self) -> None:
        """End the other process."""
        self._registrar.close()

    def _arrive(self, here: tuple[str, tuple[int, int] | None]) -> bool:
        """Whether the stage has been elsewhere since the last frame of this field."""
        before, self._here = self._here, here
        if before == here:
            return False
        if before is not None and before[0] in self._anchors:
            self._following.left(before[0])
            self._aim(before[0])
        return True

    def _aim(self, region: str) -> None:
        shift, stage = self._following.by_shift(region), self._following.by_stage(region)
        self._beam.look_aside(region, by_shift_m=(shift.x_m, shift.y_m), by_stage_m=(stage.x_m, stage.y_m))

    def _tell(self, region: str, followed: Followed) -> None:
        """What was found goes into the record: each correction, and a doubt when it begins and when it is over."""
        drift, before = followed.drift, self._told.get(region, "followed")
        self._told[region] = followed.verdict
        if followed.verdict == before and not followed.moved:
            return
        self._record.event(
            self._clock.now(),
            "drift",
            followed.verdict,
            f"{region}: {drift.x_m * 1e6:+.2f}, {drift.y_m * 1e6:+.2f} um since the start, "
            f"recognised with {followed.confidence:.2f}",
            region=region,
            x_m=drift.x_m,
            y_m=drift.y_m,
            confidence=followed.confidence,
        )
