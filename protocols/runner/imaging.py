"""The imaging flow: one field after the other, the most urgent first, beside the cycling and never in its way."""

from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace

import anyio

from operando.drivers.bench import Bench
from operando.drivers.documents import unknown_word
from operando.drivers.errors import ConfigMismatch, InstrumentError, TransportError, first_of
from operando.protocols.plan.fields import FieldVisit, fields_of
from operando.protocols.plan.route import cheapest_order
from operando.protocols.program import Capture, Program
from operando.protocols.record import RunRecord
from operando.protocols.runner.beam import Beam
from operando.protocols.runner.beam_watching import watching_of
from operando.protocols.runner.capture_log import CaptureLog
from operando.protocols.runner.capture_queue import CaptureQueue
from operando.protocols.runner.cell_during import CellStates
from operando.protocols.runner.commands import Commands
from operando.protocols.runner.dose import DoseAccount, in_record
from operando.protocols.runner.durations import Durations
from operando.protocols.runner.field_work import FieldWork
from operando.protocols.runner.focusing import focusing_of
from operando.protocols.runner.hand_over import HandOver
from operando.protocols.runner.lost_microscope import LOST, LostMicroscope
from operando.protocols.runner.observer import Observer
from operando.protocols.runner.pictures import Pictures
from operando.protocols.runner.readiness import Readiness
from operando.protocols.runner.reconnection import Reconnection
from operando.protocols.runner.requests import CaptureRequest
from operando.protocols.runner.standing_of import LeftBehind
from operando.protocols.runner.steering import Steering
from operando.protocols.runner.surveillance import FrameSurveillance
from operando.protocols.runner.unknown_dose import UnknownDose
from operando.protocols.runner.urgency import GiveWay, Urgency
from operando.protocols.runner.xray_points import XrayPoints

__all__ = ["Imaging"]

READY_EVERY_S = 5.0
TRY_AGAIN_S = 60.0
OCCASION_AT_MOST_S = 3600.0


class Imaging:
    """Takes captures in the order of their urgency; what is not taken is in the record with its reason.

    Args:
        program: with captures.
        bench: with a microscope.
        commands: through which it is commanded.
        record: of the run.
        cell: what the cell does.
        observer: told about each picture.
        reconnection: brings the microscope back when it was lost.
        steering: pauses the flow, and asks for captures.
        beam_forbidden: why the beam must stay off the specimen; empty if it need not.
        follow_gauges: reads the gauges while a field is looked at, until cancelled.
    """

    def __init__(
        self,
        program: Program,
        bench: Bench,
        commands: Commands,
        record: RunRecord,
        cell: CellStates,
        observer: Observer,
        reconnection: Reconnection,
        steering: Steering,
        *,
        beam_forbidden: Callable[[], Awaitable[str]],
        follow_gauges: Callable[[], Coroutine[object, object, None]],
    ) -> None:
        self._program = program
        self._bench = bench
        self._observer = observer
        self._steering = steering
        self._beam_forbidden = beam_forbidden
        self._follow_gauges = follow_gauges
        self._dose = DoseAccount(program.dose, in_record(record, bench.clock))
        self._urgency = Urgency()
        self._log = CaptureLog(record, bench.clock)
        self._queue = CaptureQueue(self._log.not_taken, self._urgency)
        self.beam = Beam(bench, commands, self._dose, program.settling)
        self.pictures = Pictures(bench, commands, record, cell, self._dose, self._urgency)
        self.pictures.watch = watching_of(program, bench, commands, record, self.beam)
        self._xrays = XrayPoints(bench, commands, record, cell, self._dose, self._urgency)
        self._durations = Durations(program, bench, self.pictures, self._xrays)
        self._work = FieldWork(
            program, bench, self.beam, self.pictures, self._xrays, self._dose, cell, self._urgency, self._log
        )
        self.focusing = self._work.focusing = focusing_of(program, bench, commands, record, self.beam, self._urgency)
        self.pictures.surveillance = FrameSurveillance(program.if_changed, bench, commands, record, self.beam, steering)
        self.pictures.written = self._finish_written
        self._readiness = Readiness(program, self.beam, beam_forbidden, cell)
        self.last_look: Callable[[], Awaitable[None]] | None = None  # before the run is parked
        self._lost = LostMicroscope(
            program,
            bench,
            self._queue,
            self.beam,
            reconnection,
            steering,
            wanted_to_the_end=lambda: self.last_look is not None,
        )
        self.lost = self._lost.heard
        self._route: list[tuple[CaptureRequest, FieldVisit]] = []
        self.unknown_dose = UnknownDose(program.dose, record, bench.clock)
        self._work.doubt = self.unknown_dose.obstacle
        self.hand_over = HandOver(
            bench, commands, record, steering, self.beam, self.unknown_dose, program.regions, lambda: cell.cycle
        )
        steering.follow(changed=self._queue.wake, capture_now=self._capture_now)
        steering.accounts(self.unknown_dose.accept)

    @property
    def pictures_taken(self) -> int:
        """Pictures recorded so far."""
        return self.pictures.recorded

    @property
    def captures_not_taken(self) -> int:
        """Captures that were due and not taken, or not wholly."""
        return self._log.captures_not_taken

    @property
    def broken_contracts(self) -> int:
        """Captures that began later than was promised, or not at all."""
        return self._log.broken_contracts

    def duration_s(self, capture: Capture) -> float:
        """How long a capture takes: as measured the last time, else from the capabilities of the instruments."""
        return self._durations.of(capture)

    def submit(self, request: CaptureRequest) -> None:
        """Ask for a capture; whether it waits, pre-empts or is left out is said by its `if_busy`."""
        self._readiness.asked(request)
        self._queue.submit(request)

    @property
    def idle(self) -> bool:
        """Whether nothing is being taken and nothing waits."""
        return self._queue.idle

    async def switch_on(self) -> None:
        """High voltage on and the blanker in its mode, before the first capture, if the beam may be on and is ours."""
        if not self._steering.lent_to and not await self._beam_forbidden():
            await self.beam.switch_on()

    async def carry_on(self, left: LeftBehind) -> None:
        """Go on after another process: what is in focus, whose dose is not known, and who holds the microscope."""
        if self.pictures.watch is not None:
            self.pictures.watch.carry_on(left.events)
        if self.focusing is not None:
            self.focusing.carry_on(left.events)
            await self.focusing.put_right()
        self.unknown_dose.restore(left.events)
        self.hand_over.unseen_since_s = left.asked.lent_since_s

    async def take(self, capture: Capture, reason: str, line: int, *, occasion: str = "", at_most_s: float) -> None:
        """Ask for a capture and wait until it is taken or given up.

        Args:
            capture: what to look at.
            reason: why, in words.
            line: of the protocol file.
            occasion: `start` or `end`, for regions that are looked at only then.
            at_most_s: after which it is not begun any more.
        """
        now = self._bench.clock.now()
        request = CaptureRequest(
            capture, reason, line, now, now, priority=0, occasion=occasion, give_up_s=now + at_most_s
        )
        self.submit(request)
        await request.done.wait()

    async def occasion(self, occasion: str) -> None:
        """Look at the regions that are looked at only on this occasion: controls that no other beam sees."""
        regions = tuple(region.name for region in self._program.regions.values() if occasion in region.only)
        capture = next((c for c in self._program.captures.values() if c.detectors), None)
        if regions and capture is not None:
            await self.take(
                replace(capture, regions=regions),
                f"at the {occasion}",
                capture.line,
                occasion=occasion,
                at_most_s=OCCASION_AT_MOST_S,
            )

    async def finish(self, occasion: str) -> None:
        """Take what still waits, then the pictures of the end; if nothing can be taken, it is not waited for."""
        await self._empty_queue()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self.occasion, occasion)
            await anyio.sleep(0)
            await self._empty_queue()

    def explain_rest(self, why: str) -> None:
        """The flows have ended: each capture that was due and is not taken is in the record with its reason."""
        for request in (*self._queue.waiting, *self._queue.being_written):
            self._queue.refuse(request, why)

    async def _empty_queue(self) -> None:
        while not self.idle:
            self.hand_over.waited_for()
            change, why = self._queue.next_change(), self._queue.blocked
            if why and why in (LOST, self._steering.imaging_obstacle) and not self._steering.lent_to:
                self._queue.give_up_all(f"the run has come to its end: {why}")
                return
            await change.wait()

    async def follow_requests(self) -> None:
        """Take captures until cancelled.

        Raises:
            TransportError: if the microscope is lost and the program says that this ends the run.
        """
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self.pictures.follow)
            await self._follow_requests()

    async def _follow_requests(self) -> None:
        while True:
            change = self._queue.next_change()
            self._queue.expire(self._bench.clock.now())
            self._queue.block(self._steering.imaging_obstacle)
            if self._steering.lent_to or self.hand_over.unseen_since_s is not None:
                await self._lend()
            elif self._steering.imaging_over and self.last_look is not None:
                look, self.last_look = self.last_look, None
                self._queue.give_up_all(self._steering.imaging_over)
                await look()
            elif self._lost.found is not None:
                await self._lost.bring_back(self._lost.found)
            elif self._queue.blocked or not self._queue.waiting:
                await self._nobody_looks(change)
            else:
                await self._take_next()

    async def _take_next(self) -> None:
        """Visit one field: the first on the cheapest way through everything that is equally urgent."""
        batch = self._queue.batch()
        try:
            for request in batch:
                await self._plan(request)
        except InstrumentError as error:
            await self._lost.failed(batch[0], error)
            return
        fields = [(request, visit) for request in batch for visit in request.fields or ()]
        if set(fields) != set(self._route):
            self._route = cheapest_order(fields, lambda one: one[1], self.beam.at, self._program.settling)
        if self._route:
            await self._carry_out(*self._route.pop(0))
        for request in batch:
            if request.fields == [] and request in self._queue.waiting:
                self._queue.looked(request)
                self._finish_written(request)

    async def _plan(self, request: CaptureRequest) -> None:
        if request.fields is None:
            regions = [self._program.regions[name] for name in request.capture.regions]
            wanted = [region for region in regions if not region.only or request.occasion in region.only]
            request.fields = list(fields_of(request.capture, wanted, await self.beam.found()))

    async def _carry_out(self, request: CaptureRequest, visit: FieldVisit) -> None:
        started_s = self._bench.clock.now()
        failures: list[InstrumentError] = []
        forbidden = ""
        self._queue.current, request.begun = request, True
        try:
            forbidden = await self._beam_forbidden()
            if not forbidden:
                async with anyio.create_task_group() as tasks:
                    tasks.start_soon(self._follow_gauges)
                    await self._work.look(request, visit, self._between_frames)
                    tasks.cancel_scope.cancel()
        except* GiveWay:
            pass  # what was lost is recorded where it was lost; the rest of the capture still waits
        except* InstrumentError as group:
            failures.extend(error for error in [first_of(group)] if isinstance(error, InstrumentError))
        finally:
            request.leave(visit)
            request.spent_s += self._bench.clock.now() - started_s
            self._queue.current = None
            self._urgency.clear()
        if failures:
            await self._lost.failed(request, failures[0])
        elif forbidden:
            self._queue.refuse(request, forbidden)

    async def look_once(self, work: Callable[[], Awaitable[None]]) -> str:
        """Look at something that is no capture, with the gauges followed as under every beam.

        Returns:
            Why it may not be looked at; empty if it was.
        """
        forbidden = await self._beam_forbidden()
        if not forbidden:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(self._follow_gauges)
                await work()
                tasks.cancel_scope.cancel()
        return forbidden

    async def _lend(self) -> None:
        """Somebody else has the microscope; captures that wait for it give up in their time."""
        try:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(self._lost.expire_meanwhile)
                await self.hand_over.until_taken_back()
                tasks.cancel_scope.cancel()
        except* TransportError as group:
            self._lost.found = next(error for error in [first_of(group)] if isinstance(error, TransportError))
        self.beam.forget()
        if self._lost.found is not None:  # before it is lent once more
            await self._lost.bring_back(self._lost.found)

    def _between_frames(self) -> None:
        self._urgency.heed()
        if obstacle := self._steering.imaging_obstacle:
            raise GiveWay(obstacle)

    def _finish_written(self, request: CaptureRequest) -> None:
        """A capture is done when everything that was looked at for it is recorded."""
        self._observer.pictures(self.pictures_taken)
        if request.unwritten or request not in self._queue.being_written:
            return
        self._durations.measured(request)
        self._log.finished(request)
        self._queue.remove(request)

    async def _nobody_looks(self, change: anyio.Event) -> None:
        """Blank and park, prepare what is armed, and wait until something changes."""
        wait_until_s = self._queue.next_expiry_s()
        try:
            if not self._queue.blocked:
                await self._readiness.prepare()
            await self.beam.rest()
        except TransportError as error:
            await self._lost.bring_back(error)
            wait_until_s = min(wait_until_s, self._bench.clock.now() + TRY_AGAIN_S)
        except InstrumentError as error:
            self.beam.forget()
            self._log.note("nothing is ready", f"{type(error).__name__}: {error}")
            wait_until_s = min(wait_until_s, self._bench.clock.now() + TRY_AGAIN_S)
        else:
            if self._readiness.used:
                wait_until_s = min(wait_until_s, self._bench.clock.now() + READY_EVERY_S)
        await self._until(change, wait_until_s)

    async def _until(self, change: anyio.Event, time_s: float) -> None:
        with anyio.move_on_after(time_s - self._bench.clock.now()):
            await change.wait()

    def _capture_now(self, name: str, who: str) -> None:
        capture = self._program.captures.get(name)
        if capture is None:
            raise ConfigMismatch(
                unknown_word("capture", name, tuple(self._program.captures)),
                remedy="Captures have the names that the protocol gives them.",
            )
        now = self._bench.clock.now()
        self.submit(CaptureRequest(capture, f"asked for by {who}", capture.line, now, now, priority=0))
