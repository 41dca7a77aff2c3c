"""The last look of a session: fiducials, and the regions themselves, so that all is found again in another mounting."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

from operando.drivers.bench import Bench
from operando.drivers.errors import InstrumentError, LimitRefused, first_of
from operando.protocols.fiducials import (
    Fiducial,
    FiducialLimits,
    NotThisSample,
    Sight,
    fiducials_as_bytes,
    measuring_region,
)
from operando.protocols.program import Program
from operando.protocols.record import RunRecord
from operando.protocols.record.sessions import continued_sessions, session_folder, session_number
from operando.protocols.runner.imaging import Imaging
from operando.protocols.runner.sample_look import SampleLook, ViewedWith

__all__ = ["FIDUCIALS", "LastLook", "fiducial_places", "viewed_with"]

FIDUCIALS = "fiducials.npz"
WIDE_M, NEAR_M = 2e-3, 0.3e-3
PIXELS = (512, 384)
SIGHT_S = 2.5
LOOKS = FiducialLimits().looks
LEAST_APART_M = 0.3e-3


class LastLook:
    """Takes them once in a session, and says what it could not take.

    Args:
        program: with regions.
        bench: with a microscope.
        record: of the run, in whose session the pictures are kept.
        imaging: that has come to its end.
        look: at the sample.
    """

    def __init__(self, program: Program, bench: Bench, record: RunRecord, imaging: Imaging, look: SampleLook) -> None:
        self._program = program
        self._bench = bench
        self._record = record
        self._imaging = imaging
        self._look = look
        self.done = False

    async def run(self) -> None:
        """Whatever happens, the run can be parked afterwards; without fiducials a person confirms the regions."""
        path = session_folder(self._record.folder, session_number(self._record.folder)) / FIDUCIALS
        try:
            if not path.is_file():
                why = await self._imaging.look_once(lambda: self._take(path))
                if why:
                    self._note("no fiducials", f"{why}; the places of the regions will have to be confirmed")
        except* InstrumentError as group:
            self._note("no fiducials", f"{first_of(group)}; the places of the regions will have to be confirmed")
        self._imaging.beam.forget()
        self.done = True

    async def _take(self, path: Path) -> None:
        before = continued_sessions(self._record.folder)
        places = (before[-1].fiducials if before else {}) or fiducial_places(self._program)
        beam = viewed_with(self._program)
        if len(places) < 2 or beam is None:
            self._note(
                "no fiducials", "there are no two places far enough apart; the regions will have to be confirmed"
            )
            return
        fiducials = [
            Fiducial(
                name,
                await self._look.sight(place_m, WIDE_M, PIXELS, beam),
                await self._look.sight(place_m, NEAR_M, PIXELS, beam),
            )
            for name, place_m in places.items()
        ]
        regions = await self._regions(beam)
        self._keep(path, fiducials, regions)

    async def _regions(self, beam: ViewedWith) -> dict[str, Sight]:
        """Of each region whose dose allows it, and that other beams may see at all."""
        seen, account = {}, self._imaging.beam.dose
        for region in self._program.regions.values():
            cost_C_per_m2 = LOOKS * beam.current_A * SIGHT_S / (region.width_m**2 * PIXELS[1] / PIXELS[0])
            room = account.room_for(region, cost_C_per_m2, self._look.cycle())
            if region.only or not room or self._imaging.unknown_dose.obstacle(region.name):
                continue
            try:
                sight = await self._look.sight(self._imaging.beam.aimed(region), region.width_m, PIXELS, beam)
                seen[region.name] = await self._look.carried_out(measuring_region(region.name, sight), beam)
            except (LimitRefused, NotThisSample) as error:
                self._note("region not seen", f"{region.name}: {error}")
        return seen

    def _keep(self, path: Path, fiducials: Sequence[Fiducial], regions: Mapping[str, Sight]) -> None:
        disk = self._record.disk
        disk.make_folder(path.parent)
        disk.write_whole(path, fiducials_as_bytes(fiducials, regions))
        names = ", ".join(one.name for one in fiducials)
        self._note("fiducials taken", f"{len(fiducials)} fiducials ({names}) and sights of {len(regions)} regions")

    def _note(self, kind: str, message: str) -> None:
        self._record.event(self._bench.clock.now(), "session", kind, message)


def fiducial_places(program: Program) -> dict[str, tuple[float, float]]:
    """Those of the protocol; without any, the two regions farthest apart, of those that other beams may see."""
    if program.fiducials:
        return dict(program.fiducials)
    places = {one.name: (one.stage.x_m, one.stage.y_m) for one in program.regions.values() if not one.only}
    pairs = [(one, other) for one in places for other in places if one < other]
    best = max(pairs, key=lambda pair: math.dist(places[pair[0]], places[pair[1]]), default=())
    chosen = {name: places[name] for name in best}
    apart_m = math.dist(*chosen.values()) if chosen else 0.0
    return chosen if apart_m >= LEAST_APART_M else {}


def viewed_with(program: Program) -> ViewedWith | None:
    """The beam of the first capture that takes pictures; None if none does."""
    captures = program.captures.values()
    choice = next((one.beam for one in captures if one.detectors), None)
    return None if choice is None else ViewedWith(choice.voltage_V, choice.current_A)
