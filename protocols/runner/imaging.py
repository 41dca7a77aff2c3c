"""The imaging flow: one capture after the other, the most urgent first, beside the cycling and never in its way."""

from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace

import anyio

from operando.drivers.bench import Bench
from operando.drivers.errors import (
    ConfigMismatch,
    DeviceFault,
    FramingError,
    LimitRefused,
    ProtocolError,
    StaleReply,
    first_of,
)
from operando.protocols.program import Capture, Program, Region
from operando.protocols.record import RunRecord
from operando.protocols.runner.beam import Beam
from operando.protocols.runner.cell_timeline import CellTimeline
from operando.protocols.runner.commands import Commands
from operando.protocols.runner.dose import DoseAccount
from operando.protocols.runner.observer import Observer
from operando.protocols.runner.pictures import Pictures
from operando.protocols.runner.requests import CaptureRequest
from operando.protocols.runner.xray_points import XrayPoints

__all__ = ["Imaging"]

CAPTURE_FAILURES = (ConfigMismatch, DeviceFault, FramingError, LimitRefused, ProtocolError, StaleReply)

PER_REGION_S = 3.0
"""Stage, beam and blanker, before the first capture has shown how long they really take."""


class Imaging:
    """Takes captures in the order of their priority; what is not taken is in the record with its reason."""

    def __init__(
        self,
        program: Program,
        bench: Bench,
        commands: Commands,
        record: RunRecord,
        cell: CellTimeline,
        observer: Observer,
        *,
        beam_forbidden: Callable[[], Awaitable[str]],
        follow_gauges: Callable[[], Coroutine[object, object, None]],
        step_name: Callable[[], str],
    ) -> None:
        self._program = program
        self._bench = bench
        self._record = record
        self._cell = cell
        self._observer = observer
        self._beam_forbidden = beam_forbidden
        self._follow_gauges = follow_gauges
        self._step_name = step_name
        self._dose = DoseAccount(program.dose)
        self.beam = Beam(bench, commands, self._dose)
        self._pictures = Pictures(bench, commands, record, cell, self._dose)
        self._xrays = XrayPoints(bench, commands, record, cell, self._dose, step_name)
        self._waiting: list[CaptureRequest] = []
        self._wanted = anyio.Event()
        self._current: CaptureRequest | None = None
        self._measured_s: dict[str, float] = {}
        self.pictures_taken = 0
        self.captures_not_taken = 0

    def duration_s(self, capture: Capture) -> float:
        """How long a capture takes: as measured the last time, else from the capabilities of the instruments."""
        if capture.name in self._measured_s:
            return self._measured_s[capture.name]
        total = 0.0
        for name in capture.regions:
            columns, rows = self._program.regions[name].tiles
            total += PER_REGION_S
            if capture.detectors:
                total += columns * rows * self._bench.scanner.duration_s(self._pictures.request(capture))
            if capture.eds is not None:
                total += self._xrays.duration_s(capture.eds)
        return total

    def submit(self, request: CaptureRequest) -> None:
        """Ask for a capture. One that waits or runs already for the same reason is not asked for twice."""
        if any(
            asked is not None and (asked.capture, asked.reason) == (request.capture, request.reason)
            for asked in (*self._waiting, self._current)
        ):
            self._not_taken(request, "the one before it is not done yet")
            return
        self._waiting.append(request)
        self._waiting.sort(key=lambda waiting: waiting.priority)
        self._wanted.set()

    @property
    def idle(self) -> bool:
        """Whether nothing is being taken and nothing waits."""
        return not self._waiting and self._current is None

    async def switch_on(self) -> None:
        """High voltage on and the blanker in its mode, before the first capture."""
        await self.beam.switch_on()

    async def occasion(self, occasion: str) -> None:
        """Look at the regions that are looked at only on this occasion: controls that no other beam sees."""
        regions = tuple(region.name for region in self._program.regions.values() if occasion in region.only)
        capture = next((c for c in self._program.captures.values() if c.detectors), None)
        if not regions or capture is None:
            return
        now = self._bench.clock.now()
        request = CaptureRequest(
            replace(capture, regions=regions), f"at the {occasion}", capture.line, now, now, occasion=occasion
        )
        self.submit(request)
        await request.done.wait()

    async def finish(self, occasion: str) -> None:
        """Take what still waits, then the pictures of the end."""
        while not self.idle:
            await (self._current or self._waiting[0]).done.wait()
            await anyio.sleep(0)
        await self.occasion(occasion)

    async def follow_requests(self) -> None:
        """Take captures until cancelled."""
        while True:
            while not self._waiting:
                self._wanted = anyio.Event()
                await self._wanted.wait()
            self._current = self._waiting.pop(0)
            try:
                await self._take(self._current)
            except* CAPTURE_FAILURES as failures:
                # the microscope answers, but this capture failed: the next may succeed, and cycling goes on
                self.beam.forget()
                error = first_of(failures)
                self._not_taken(self._current, f"{type(error).__name__}: {error}")
            finally:
                self._current.done.set()
                self._current = None

    async def _take(self, request: CaptureRequest) -> None:
        forbidden = await self._beam_forbidden()
        if forbidden:
            self._not_taken(request, forbidden)
            return
        started = self._bench.clock.now()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._follow_gauges)
            for name in request.capture.regions:
                region = self._program.regions[name]
                if not region.only or request.occasion in region.only:
                    await self._look_at(request, region)
            tasks.cancel_scope.cancel()
        self._measured_s[request.capture.name] = self._bench.clock.now() - started

    async def _look_at(self, request: CaptureRequest, region: Region) -> None:
        capture = request.capture
        cycle = self._cell.at(self._cell.latest_s).cycle
        columns, rows = region.tiles if capture.detectors else (1, 1)
        detector = capture.detectors[0] if capture.detectors else self._bench.detectors.available()[0]
        for index in range(columns * rows):
            tile = (index % columns, index // columns)
            if capture.detectors and not self._dose.room_for(
                region, self._pictures.dose_C_per_m2(capture, region), cycle
            ):
                self._not_taken(request, f"the dose budget of {region.name} is spent")
                return
            await self.beam.go_to(region, tile, capture.pixels[1] / capture.pixels[0])
            refocus = capture.refocus and index == 0
            await self.beam.apply(capture.beam, region, detector, cycle=cycle, refocus=refocus)
            if capture.detectors:
                self._check_latency(request)
                self.pictures_taken += await self._pictures.take(request, region, tile, self._step_name())
                self._observer.pictures(self.pictures_taken)
        if capture.eds is not None:
            beyond = self._xrays.beyond_budget(request, region, capture.eds)
            if beyond:
                self._not_taken(request, beyond)
                return
            await self._xrays.take(request, region, capture.eds)

    def _check_latency(self, request: CaptureRequest) -> None:
        late = self._bench.clock.now() - request.wanted_s
        if request.start_within_s is not None and late > request.start_within_s:
            self._record.event(
                self._bench.clock.now(),
                "imaging",
                "latency contract broken",
                f"{request.capture.name} ({request.reason}) begins {late:.2f} s after its sample, "
                f"{request.start_within_s:g} s were promised",
                late_s=late,
                promised_s=request.start_within_s,
            )
        request.start_within_s = None  # judged once, at the first line of the first frame

    def _not_taken(self, request: CaptureRequest, why: str) -> None:
        request.done.set()
        self.captures_not_taken += 1
        self._record.event(
            self._bench.clock.now(),
            "imaging",
            "capture not taken",
            f"{request.capture.name} ({request.reason}): {why}",
            line=request.line,
        )
