"""What is done at one field: get there, look whether it may be looked at, take pictures, count X-rays."""

from collections.abc import Callable

from operando.drivers.bench import Bench
from operando.protocols.plan.capture_cost import flux_A_per_m2, frame_dose_C_per_m2
from operando.protocols.plan.fields import FieldVisit, picture_shape
from operando.protocols.program import Program
from operando.protocols.runner.beam import Beam
from operando.protocols.runner.capture_log import CaptureLog
from operando.protocols.runner.cell_during import CellStates
from operando.protocols.runner.dose import DoseAccount
from operando.protocols.runner.focusing import Focusing
from operando.protocols.runner.pictures import Pictures
from operando.protocols.runner.requests import CaptureRequest
from operando.protocols.runner.urgency import Urgency
from operando.protocols.runner.xray_points import XrayPoints

__all__ = ["FieldWork"]


class FieldWork:
    """Carries out one visit.

    Args:
        program: with the regions.
        bench: with a microscope.
        beam: brings stage and beam there.
        pictures: takes frames.
        xrays: counts spectra.
        dose: whether there is room for more.
        cell: in which cycle it is.
        urgency: heard before anything is exposed.
        log: told what is left out.
    """

    def __init__(
        self,
        program: Program,
        bench: Bench,
        beam: Beam,
        pictures: Pictures,
        xrays: XrayPoints,
        dose: DoseAccount,
        cell: CellStates,
        urgency: Urgency,
        log: CaptureLog,
    ) -> None:
        self._program = program
        self._bench = bench
        self._beam = beam
        self._pictures = pictures
        self._xrays = xrays
        self._dose = dose
        self._cell = cell
        self._urgency = urgency
        self._log = log
        self.focusing: Focusing | None = None
        """Focuses by the rule of the program, if it has one."""
        self.doubt: Callable[[str], str] = lambda region: ""
        """Why nobody can say what is left of the budget of a region; empty if somebody can."""

    def _beyond_budget(self, request: CaptureRequest, visit: FieldVisit) -> str:
        """Why the dose budget forbids the frames of this visit; empty if it does not."""
        region, capture = self._program.regions[visit.region], request.capture
        if doubt := self.doubt(region.name):
            return doubt
        left = capture.repeat - request.frames_begun.get(visit, 0) if visit.pictures else 0
        dose = left * frame_dose_C_per_m2(capture, region)
        if visit.spectra and capture.eds is not None and visit not in request.spectra_begun:
            dose += flux_A_per_m2(capture, region) * self._xrays.duration_s(capture.eds)
        dose += self._beam.focus_dose_C_per_m2(capture, region, looked_at=self._looked_at(request, visit.region))
        if not self._dose.room_for(region, dose, self._cell.cycle):
            return f"the dose budget of {region.name} is spent"
        return ""

    async def look(self, request: CaptureRequest, visit: FieldVisit, between_frames: Callable[[], None]) -> None:
        """Carry out what has not been begun of a visit; what the dose budget forbids is left out, and recorded.

        Args:
            request: for whom.
            visit: where.
            between_frames: called before each frame; what it raises ends the visit there.
        """
        region, capture = self._program.regions[visit.region], request.capture
        if beyond := self._beyond_budget(request, visit):
            self._leave_out(request, visit, beyond)
            return
        if self.focusing is not None:
            looked_at = self._looked_at(request, visit.region)
            await self.focusing.before(request, region, looked_at=looked_at, cycle=self._cell.cycle)
        await self._beam.ensure_on()
        await self._beam.visit(visit, region, picture_shape(capture))
        self._urgency.heed()
        refocus = capture.refocus and not self._looked_at(request, visit.region)
        detector = capture.detectors[0] if capture.detectors else self._bench.detectors.available()[0]
        await self._beam.apply(capture.beam, region, detector, cycle=self._cell.cycle, refocus=refocus)
        self._urgency.heed()
        await self._beam.settle()
        if visit.pictures:
            if self._pictures.watch is not None:
                await self._pictures.watch.before(capture)
            await self._pictures.take(request, region, visit, between_frames)
            if self._pictures.watch is not None:
                await self._pictures.watch.after(capture, region.name)
        if visit.spectra and capture.eds is not None and visit not in request.spectra_begun:
            if beyond := self._xrays.beyond_budget(request, region, capture.eds):
                self._leave_out(request, visit, beyond)
                return
            between_frames()
            request.spectra_begun.add(visit)
            await self._xrays.take(request, region, capture.eds)

    def _leave_out(self, request: CaptureRequest, visit: FieldVisit, why: str) -> None:
        request.leave_out(visit, why)
        what = f"{request.capture.name} of {visit.region}"
        self._log.note(
            "field left out", f"{what}: {why}", capture=request.capture.name, region=visit.region, line=request.line
        )

    @staticmethod
    def _looked_at(request: CaptureRequest, region: str) -> bool:
        """Whether a region was looked at already for this capture, so that it is in focus."""
        seen = (*request.frames_begun, *request.spectra_begun)
        return any(visit.region == region for visit in seen)
