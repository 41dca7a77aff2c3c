"""Takes the pictures of one capture at one place: scan, wait for the samples that belong to it, record."""

import anyio

from operando.drivers.bench import Bench
from operando.drivers.errors import DeviceFault, TransportTimeout
from operando.drivers.roles import FrameRequest, Image
from operando.protocols.plan import frame_dose_C_per_m2
from operando.protocols.program import Capture, Region
from operando.protocols.record import FrameState, RunRecord
from operando.protocols.runner.cell_timeline import CellTimeline
from operando.protocols.runner.commands import Commands
from operando.protocols.runner.dose import DoseAccount
from operando.protocols.runner.requests import CaptureRequest
from operando.protocols.runner.waiting import until

__all__ = ["Pictures"]

SCAN_PATIENCE_FACTOR = 1.5
SCAN_PATIENCE_S = 15.0
SAMPLES_PATIENCE_S = 15.0
READ_EVERY_S = 5.0


class Pictures:
    """Scans frames and records each with the state of the cell at its start and end."""

    def __init__(
        self, bench: Bench, commands: Commands, record: RunRecord, cell: CellTimeline, dose: DoseAccount
    ) -> None:
        self._bench = bench
        self._commands = commands
        self._record = record
        self._cell = cell
        self._dose = dose

    def request(self, capture: Capture) -> FrameRequest:
        """What the scanner is asked for."""
        return FrameRequest(capture.detectors, capture.pixels, capture.dwell_s, capture.repeat)

    def dose_C_per_m2(self, capture: Capture, region: Region) -> float:
        """Dose of all frames of a capture at one tile."""
        return frame_dose_C_per_m2(capture, region) * capture.repeat

    async def take(self, asked: CaptureRequest, region: Region, tile: tuple[int, int], step_name: str) -> int:
        """Scan and record; returns the number of pictures."""
        capture = asked.capture
        request = self.request(capture)
        images = await self._scan(request)
        dose = self._dose.add(region, self.dose_C_per_m2(capture, region), self._cell.at(images[0].start_s).cycle)
        await self._cell.reached(max(image.end_s for image in images), SAMPLES_PATIENCE_S)
        self._record.images([(image, self._state(image, asked, region, tile, dose, step_name)) for image in images])
        return len(images)

    async def _scan(self, request: FrameRequest) -> tuple[Image, ...]:
        scanner = self._bench.scanner
        duration = scanner.duration_s(request)
        await self._commands.effect(
            scanner,
            "scan",
            lambda: scanner.start(request),
            detectors=list(request.detectors),
            pixels=list(request.pixels),
            dwell_s=request.dwell_s,
            frames=request.frames,
        )
        try:
            await self._read_along(duration)
            await until(
                self._commands,
                self._bench.clock,
                scanner,
                lambda: scanner.progress().complete,
                what="the end of the scan",
                at_most_s=SCAN_PATIENCE_FACTOR * duration + SCAN_PATIENCE_S,
                every_s=0.1,
            )
        except BaseException as error:
            self._lost(request, error)
            if isinstance(error, TransportTimeout):
                # the picture did not arrive; whether the microscope still answers shows at the next command
                raise DeviceFault(error.what, where=error.where, remedy=error.remedy) from error
            raise
        return await self._commands.ask(scanner, scanner.images)

    def _lost(self, request: FrameRequest, error: BaseException) -> None:
        why = f"a scan did not come to its end: {type(error).__name__}: {error}"
        self._record.event(self._bench.clock.now(), "imaging", "frame lost", why, frames=request.frames)

    async def _read_along(self, duration_s: float) -> None:
        """Take in what a scan delivers while it goes on: a microscope drops a client that does not read."""
        scanner = self._bench.scanner
        end_s = self._bench.clock.now() + duration_s
        while (remaining_s := end_s - self._bench.clock.now()) > 0:
            await anyio.sleep(min(remaining_s, READ_EVERY_S))
            await self._commands.ask(scanner, scanner.progress)

    def _state(
        self, image: Image, asked: CaptureRequest, region: Region, tile: tuple[int, int], dose: float, step_name: str
    ) -> FrameState:
        start, end = self._cell.at(image.start_s), self._cell.at(image.end_s)
        return FrameState(
            region=region.name,
            tile=tile,
            capture=asked.capture.name,
            trigger=asked.reason,
            line=asked.line,
            cycle=start.cycle,
            step=start.step,
            step_name=step_name,
            voltage_at_start_V=start.voltage_V,
            voltage_at_end_V=end.voltage_V,
            current_at_start_A=start.current_A,
            current_at_end_A=end.current_A,
            charge_at_start_C=start.charge_C,
            charge_at_end_C=end.charge_C,
            dose_C_per_m2=dose,
        )
