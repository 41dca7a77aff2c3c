"""Before a session begins: is this the sample of the run, and where are its regions now?"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from operando.drivers.bench import Bench
from operando.drivers.errors import OperandoError, first_of
from operando.drivers.roles import StagePosition
from operando.protocols.fiducials import (
    Fiducial,
    NotThisSample,
    Placement,
    Sight,
    Turned,
    load_fiducials,
    load_regions,
    searching,
    searching_region,
)
from operando.protocols.program import Program, Region
from operando.protocols.record import RunRecord
from operando.protocols.record.sessions import ContinuedSession, PlacedRegion, session_folder, session_number
from operando.protocols.runner.imaging import Imaging
from operando.protocols.runner.last_look import FIDUCIALS, viewed_with
from operando.protocols.runner.sample_look import SampleLook, ViewedWith
from operando.protocols.sessions.consent import Consent

__all__ = ["Recognised", "Recognition", "SampleNotConfirmed", "placing"]

REGION_UNCERTAINTY_M = 1e-6
"""One standard deviation of each coordinate of a region that was seen: the stage stands beside its reading."""


class SampleNotConfirmed(OperandoError):
    """Nothing tells whether the sample on the stage is that of the run, and where its regions are."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """How the sample was recognised, and where its regions are.

    Args:
        how: `fiducials`, `confirmed` or `no regions`.
        regions: by name; empty if they are where they were.
        placement: of the sample since it was taken out; None if it is not known.
        rotation_rad: of the regions against the coordinates of the protocol.
        fiducials: where each of them is now.
    """

    how: str
    regions: Mapping[str, PlacedRegion]
    rotation_rad: float = 0.0
    placement: Placement | None = None
    fiducials: Mapping[str, tuple[float, float]] = field(default_factory=dict)


class Recognition:
    """Looks for the fiducials, and then for each region.

    Args:
        program: with the regions as the protocol has them.
        bench: with a microscope.
        record: of the run, with the fiducials of the session before.
        imaging: that has not begun yet.
        look: at the sample.
        before: how the session before had begun; None after the first one.
        consent: of a person; None if nobody has confirmed anything.
    """

    def __init__(
        self,
        program: Program,
        bench: Bench,
        record: RunRecord,
        imaging: Imaging,
        look: SampleLook,
        before: ContinuedSession | None,
        consent: Consent | None,
    ) -> None:
        self._program = program
        self._bench = bench
        self._record = record
        self._imaging = imaging
        self._look = look
        self._before = before
        self._consent = consent
        self._found: Recognised | None = None

    async def run(self) -> Recognised:
        """Recognise the sample.

        Raises:
            NotThisSample: if it is another one, and nobody has confirmed it.
            SampleNotConfirmed: if nothing tells, and nobody has confirmed it.
            InstrumentError: if the microscope does not answer.
        """
        path = session_folder(self._record.folder, session_number(self._record.folder)) / FIDUCIALS
        beam = viewed_with(self._program)
        if not path.is_file() or beam is None:
            return self._confirmed("no fiducials were taken when the run was parked")
        refusals: list[OperandoError] = []
        try:
            forbidden = await self._imaging.look_once(
                lambda: self._recognise(load_fiducials(path), load_regions(path), beam)
            )
        except* NotThisSample as group:
            refusals += [error for error in [first_of(group)] if isinstance(error, NotThisSample)]
            forbidden = ""
        self._imaging.beam.forget()
        if self._found is not None:
            return self._found
        if refusals and self._consent is None:
            raise refusals[0]
        return self._confirmed(forbidden or str(refusals[0]))

    def _confirmed(self, why: str) -> Recognised:
        if self._consent is None:
            raise SampleNotConfirmed(
                f"nothing tells whether this is the sample, and where its regions are: {why}",
                remedy="Look at the regions at the microscope; if they are where they were, say so with "
                "--sample-confirmed 'why you know'. Your name and the reason are recorded.",
            )
        said = f"{self._consent.who}: {self._consent.reason} ({why})"
        self._note("sample confirmed by a person", said, who=self._consent.who)
        before = self._before
        if before is None:
            return Recognised("confirmed", {})
        return Recognised("confirmed", before.regions, before.rotation_rad, fiducials=before.fiducials)

    async def _recognise(self, fiducials: list[Fiducial], sights: Mapping[str, Sight], beam: ViewedWith) -> None:
        await self._look.focus(fiducials[0].near.stage_m, fiducials[0].near.width_m, beam)
        placement = await self._look.carried_out(searching(fiducials), beam)
        x_m, y_m = placement.shift_m
        self._note(
            "sample recognised",
            f"turned by {math.degrees(placement.rotation_rad):.3f} degrees, its origin at "
            f"{x_m * 1e6:.1f}, {y_m * 1e6:.1f} um",
            rotation_rad=placement.rotation_rad,
            rotation_uncertainty_rad=placement.rotation_uncertainty_rad,
            shift_x_m=x_m,
            shift_y_m=y_m,
        )
        placed = {}
        for region in self._program.regions.values():
            placed[region.name] = await self._placed(region, placement, sights.get(region.name), beam)
        turned_rad = placement.rotation_rad + (self._before.rotation_rad if self._before else 0.0)
        now_m = {one.name: placement.moved(one.near.stage_m) for one in fiducials}
        self._found = Recognised("fiducials", placed, turned_rad, placement, now_m)

    async def _placed(
        self, region: Region, placement: Placement, sight: Sight | None, beam: ViewedWith
    ) -> PlacedRegion:
        """By its own picture, if there is one and it is recognised; else by the fiducials alone."""
        protocol_m = (region.stage.x_m, region.stage.y_m)
        aimed_m = self._imaging.beam.aimed(region)
        there_m = sight.stage_m if sight is not None else aimed_m
        now_m, uncertainty_m, seen = placement.moved(aimed_m), placement.uncertainty_m(aimed_m), False
        if sight is not None:
            try:
                found = await self._look.carried_out(searching_region(region.name, sight, placement), beam)
                aside_m = aimed_m[0] - there_m[0], aimed_m[1] - there_m[1]
                now_m, uncertainty_m, seen = _aside(found, aside_m), REGION_UNCERTAINTY_M, True
            except NotThisSample as error:
                self._note("region by fiducials alone", f"{region.name}: {error.what}", region=region.name)
        by = "its own picture" if seen else "the fiducials alone"
        at = f"{now_m[0] * 1e3:.4f}, {now_m[1] * 1e3:.4f} mm"
        self._note(
            "region found",
            f"{region.name} at {at} by {by}, to {uncertainty_m * 1e6:.1f} um",
            region=region.name,
            x_m=now_m[0],
            y_m=now_m[1],
            uncertainty_m=uncertainty_m,
        )
        return PlacedRegion(before_m=protocol_m, now_m=now_m, uncertainty_m=uncertainty_m, seen=seen)

    def _note(self, kind: str, message: str, **details: str | float) -> None:
        self._record.event(self._bench.clock.now(), "session", kind, message, **details)


def _aside(found: Turned, aside_m: tuple[float, float]) -> tuple[float, float]:
    """A place beside the middle of a sight, as it lies now."""
    cosine, sine = math.cos(found.rotation_rad), math.sin(found.rotation_rad)
    x_m, y_m = aside_m
    return found.middle_m[0] + x_m * cosine - y_m * sine, found.middle_m[1] + x_m * sine + y_m * cosine


def placing(session: ContinuedSession) -> Callable[[Region, StagePosition], StagePosition]:
    """Where a place of a region, in the coordinates of the protocol, is in those of a session."""
    cosine, sine = math.cos(session.rotation_rad), math.sin(session.rotation_rad)

    def placed(region: Region, place: StagePosition) -> StagePosition:
        known = session.regions.get(region.name)
        if known is None:
            return place
        x_m, y_m = place.x_m - known.before_m[0], place.y_m - known.before_m[1]
        now_x_m, now_y_m = known.now_m
        return replace(place, x_m=now_x_m + x_m * cosine - y_m * sine, y_m=now_y_m + x_m * sine + y_m * cosine)

    return placed
