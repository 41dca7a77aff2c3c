"""Takes the pictures of one field: frame by frame, each recorded with the state of the cell while it was taken."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import anyio

from operando.drivers.bench import Bench
from operando.drivers.errors import DeviceFault, TransportTimeout
from operando.drivers.roles import FrameRequest, Image
from operando.protocols.plan import frame_dose_C_per_m2
from operando.protocols.plan.fields import FieldVisit
from operando.protocols.program import Capture, Region
from operando.protocols.record import FrameRow, FrameState, RunRecord
from operando.protocols.runner.beam_watching import BeamWatching
from operando.protocols.runner.cell_during import CellStates
from operando.protocols.runner.commands import Commands
from operando.protocols.runner.dose import DoseAccount, lines_seen
from operando.protocols.runner.followers import FrameFollower, NobodyFollows
from operando.protocols.runner.in_words import in_words
from operando.protocols.runner.recording import record_images
from operando.protocols.runner.requests import CaptureRequest
from operando.protocols.runner.surveillance import FrameSurveillance
from operando.protocols.runner.urgency import GiveWay, Urgency
from operando.protocols.runner.waiting import until

__all__ = ["Pictures"]

SCAN_PATIENCE_FACTOR = 1.5
SCAN_PATIENCE_S = 15.0
READ_EVERY_S = 5.0
ASK_EVERY_S = 0.05


@dataclass(frozen=True, slots=True)
class _Taken:
    """A frame that waits for the samples which belong to it."""

    asked: CaptureRequest
    images: tuple[Image, ...]
    visit: FieldVisit
    dose_C_per_m2: float
    step_name: str

    @property
    def end_s(self) -> float:
        return max(image.end_s for image in self.images)


class Pictures:
    """Scans frames and records each with the state of the cell at its start and end.

    Args:
        bench: with a microscope.
        commands: through which it is commanded.
        record: of the run.
        cell: what the cell did.
        dose: told about every line that the specimen has seen.
        urgency: whoever is called off stops the scan and gives way.
    """

    def __init__(
        self,
        bench: Bench,
        commands: Commands,
        record: RunRecord,
        cell: CellStates,
        dose: DoseAccount,
        urgency: Urgency,
    ) -> None:
        self._bench = bench
        self._commands = commands
        self._record = record
        self._cell = cell
        self._dose = dose
        self._urgency = urgency
        self._taken: deque[_Taken] = deque()
        self._arrived = anyio.Event()
        self.recorded = 0
        self.written: Callable[[CaptureRequest], None] = lambda asked: None
        """Told for whom a frame was recorded."""
        self.told: Callable[[Sequence[FrameRow]], None] = lambda rows: None
        """Sees the rows of each frame once it is recorded."""
        self.follower: FrameFollower = NobodyFollows()
        """Sees each frame before the next one begins."""
        self.watch: BeamWatching | None = None
        """Measures the beam while it scans."""
        self.surveillance: FrameSurveillance | None = None
        """Compares what each frame was taken with to what was set."""

    def request(self, capture: Capture, frames: int = 1) -> FrameRequest:
        """What the scanner is asked for."""
        return FrameRequest(capture.detectors, capture.pixels, capture.dwell_s, frames)

    def dose_C_per_m2(self, capture: Capture, region: Region) -> float:
        """Dose of all frames of a capture at one field."""
        return frame_dose_C_per_m2(capture, region) * capture.repeat

    async def take(
        self, asked: CaptureRequest, region: Region, visit: FieldVisit, between_frames: Callable[[], None]
    ) -> None:
        """Scan the frames of a field that the specimen has not seen yet; `follow` records them.

        Args:
            asked: for whom.
            region: of the field.
            visit: the field, where the stage stands already.
            between_frames: called before each frame; what it raises ends the field there.

        Raises:
            GiveWay: if something more urgent waits. The frame that was being scanned is lost, and recorded as lost.
        """
        for number in range(asked.frames_begun.get(visit, 0), asked.capture.repeat):
            between_frames()
            step_name = self._cell.step_name()
            images = await self._frame(asked, region, visit, number)
            self._keep(asked, region, visit, images, step_name)
            if self.surveillance is not None:
                await self.surveillance.frame(region, visit, images)
            await self.follower.frame(visit, images)

    async def follow(self) -> None:
        """Record each frame when the samples have come that belong to it, beside the next scans, until cancelled."""
        try:
            while True:
                while not self._taken:
                    self._arrived = anyio.Event()
                    await self._arrived.wait()
                await self._cell.known(self._taken[0].end_s)
                await self._write_first()
        finally:
            while self._taken:
                await self._write_first()

    def _keep(
        self, asked: CaptureRequest, region: Region, visit: FieldVisit, images: tuple[Image, ...], step_name: str
    ) -> None:
        cycle = self._cell.cycle_at(images[0].start_s)
        dose = self._dose.add(region, frame_dose_C_per_m2(asked.capture, region), cycle)
        self._taken.append(_Taken(asked, images, visit, dose, step_name))
        asked.pictures += len(images)
        asked.unwritten += 1
        self._arrived.set()

    async def _write_first(self) -> None:
        taken = self._taken[0]
        rows = await record_images(self._record, [(image, self._state(image, taken)) for image in taken.images])
        self._taken.popleft()
        self.recorded += len(taken.images)
        taken.asked.unwritten -= 1
        self.told(rows)
        self.written(taken.asked)

    async def _frame(self, asked: CaptureRequest, region: Region, visit: FieldVisit, number: int) -> tuple[Image, ...]:
        scanner = self._bench.scanner
        request = self.request(asked.capture)
        commanded: list[float] = []

        def start() -> None:
            commanded.append(self._bench.clock.now())
            scanner.start(request)

        asked.frames_begun[visit] = number + 1
        self._dose.begins(region, frame_dose_C_per_m2(asked.capture, region), self._cell.cycle)
        try:
            await self._commands.effect(
                scanner,
                "scan",
                start,
                detectors=list(request.detectors),
                pixels=list(request.pixels),
                dwell_s=request.dwell_s,
                frames=request.frames,
            )
            duration_s = scanner.duration_s(request)
            if self.watch is not None:
                await self._urgency.sleep(duration_s / 2)
                await self.watch.under_beam(asked.capture.name, region.name)
                duration_s = max(duration_s - (self._bench.clock.now() - commanded[0]), 0.0)
            await self._until_complete(duration_s)
        except GiveWay as call:
            await self._commands.effect(scanner, "stop scan", scanner.stop)
            self._lost(asked, region, commanded, call)
            raise
        except BaseException as error:
            self._lost(asked, region, commanded, error)
            if isinstance(error, TransportTimeout) and commanded:
                # the picture did not arrive; whether the microscope still answers shows at the next command
                raise DeviceFault(error.what, where=error.where, remedy=error.remedy) from error
            raise
        images = await self._commands.ask(scanner, scanner.images)
        asked.times.began(commanded[0], images[0].start_s)
        return tuple(replace(image, frame=number) for image in images)

    async def _until_complete(self, duration_s: float) -> None:
        """Take in what a scan delivers while it goes on: a microscope drops a client that does not read."""
        scanner = self._bench.scanner
        end_s = self._bench.clock.now() + duration_s
        while (remaining_s := end_s - self._bench.clock.now()) > 0:
            await self._urgency.sleep(min(remaining_s, READ_EVERY_S))
            await self._commands.ask(scanner, scanner.progress)
        await until(
            self._commands,
            self._bench.clock,
            scanner,
            lambda: scanner.progress().complete,
            what="the end of the scan",
            at_most_s=SCAN_PATIENCE_FACTOR * duration_s + SCAN_PATIENCE_S,
            every_s=ASK_EVERY_S,
            sleep=self._urgency.sleep,
        )

    def _lost(self, asked: CaptureRequest, region: Region, commanded: list[float], error: BaseException) -> None:
        """A scan that did not come to its end: the specimen has seen it up to now all the same."""
        now_s = self._bench.clock.now()
        capture = asked.capture
        longest_s = self._bench.scanner.duration_s(self.request(capture))
        if commanded:
            asked.times.commanded(commanded[0])
        exposed_s = min(now_s - commanded[0], longest_s) if commanded else 0.0
        rows = capture.pixels[1]
        lines = lines_seen(exposed_s, longest_s / rows, rows)
        dose = frame_dose_C_per_m2(capture, region) * lines / rows
        self._dose.add(region, dose, self._cell.cycle_at(now_s), kind="lost frame")
        asked.lost_because = why = f"a scan did not come to its end: {in_words(error)}"
        self._record.event(
            now_s,
            "imaging",
            "frame lost",
            f"{capture.name} of {region.name}: {why}",
            capture=capture.name,
            region=region.name,
            line=asked.line,
            exposed_s=exposed_s,
            lines=lines,
        )

    def _state(self, image: Image, taken: _Taken) -> FrameState:
        asked = taken.asked
        return FrameState(
            region=taken.visit.region,
            tile=taken.visit.tile or (0, 0),
            capture=asked.capture.name,
            trigger=asked.reason,
            line=asked.line,
            dose_C_per_m2=taken.dose_C_per_m2,
            **self._cell.during(image.start_s, image.end_s, taken.step_name),
        )
