"""One run of a program: two flows side by side, and what they share."""

from collections.abc import Callable, Iterator
from dataclasses import asdict
from functools import partial
from pathlib import Path

import anyio
from anyio.abc import TaskGroup

from operando.drivers.bench import Bench
from operando.drivers.errors import InstrumentError, OperandoError, first_of
from operando.drivers.roles import Instrument, SafeState
from operando.drivers.seam import Seam
from operando.protocols.program import Program
from operando.protocols.record import RecordError, RunRecord
from operando.protocols.runner.actions import Actions
from operando.protocols.runner.aftermath import Aftermath
from operando.protocols.runner.cell_during import CellStates
from operando.protocols.runner.cell_timeline import CellTimeline
from operando.protocols.runner.cells import Cells
from operando.protocols.runner.commands import Commands
from operando.protocols.runner.control_cell import ControlCell, control_cell_of
from operando.protocols.runner.cycling import Cycling
from operando.protocols.runner.dose import booking_of
from operando.protocols.runner.drift import DriftFollower
from operando.protocols.runner.followers import Followers
from operando.protocols.runner.imaging import Imaging
from operando.protocols.runner.interlocks_of_run import interlocks_of
from operando.protocols.runner.keep_alive import keep_alive
from operando.protocols.runner.measured_current import told_to_the_world
from operando.protocols.runner.observing import Observing, is_observed
from operando.protocols.runner.occasions import Occasions
from operando.protocols.runner.phases import Phases
from operando.protocols.runner.preflight import Preflight
from operando.protocols.runner.reconnection import Reconnection
from operando.protocols.runner.replayed_journal import AskedCapture, Standing
from operando.protocols.runner.requests import CaptureRequest
from operando.protocols.runner.run_options import RunOptions
from operando.protocols.runner.safe_end import make_all_safe, switch_high_voltage_off
from operando.protocols.runner.sensors import Sensors
from operando.protocols.runner.sessions import Coming, Sessions
from operando.protocols.runner.shared_pauses import SharedPauses
from operando.protocols.runner.standing_of import LeftBehind
from operando.protocols.runner.steering import Steering
from operando.protocols.runner.step_in_progress import StepInProgress
from operando.protocols.runner.surveillance import CellSurveillance
from operando.protocols.runner.taking_up import TakingUp
from operando.protocols.runner.triggers import Triggers
from operando.protocols.runner.watch import SafetyTrip
from operando.protocols.runner.with_people import WithPeople

__all__ = ["Run"]

LOOKED_AT = "cell and beam looked at"
"""Milestone: the part of the pre-flight that needs the box open in the microscope."""


class Run:
    """One run of a program: the flows and what they share."""

    def __init__(
        self,
        program: Program,
        bench: Bench,
        record: RunRecord,
        options: RunOptions,
        left: LeftBehind | None = None,
        coming: Coming | None = None,
    ) -> None:
        self._program = program
        self._left = left
        self._standing = left.standing if left is not None else Standing()
        self._bench = bench
        self._record = record
        self._options = told_to_the_world(options, bench)
        self._seam = Seam(bench.clock)
        self._commands = Commands(self._seam, record, bench.clock)
        self._cell = CellTimeline()
        self._steering = Steering(bench.clock, record)
        self._interlocks = interlocks_of(program, bench, self._seam, self._commands, record, self._steering)
        self._sensors = Sensors(bench, self._commands, record, self._interlocks, self._cell)
        self._phases = Phases(program, bench, record, self._interlocks, self._sensors, options.observer, self._commands)
        self._commands.refuse = self._phases.refuse
        self._reconnection = Reconnection(bench, self._seam, record)
        self._control = control_cell_of(program, bench, record, self._seam, self._steering, resumed=left is not None)
        self._pauses = self._control.pauses if self._control is not None else SharedPauses(bench.clock)
        self._samples_come = bool(bench.has_potentiostat and program.cycling) or is_observed(bench)
        self._imaging = self._make_imaging() if program.captures and bench.has_microscope else None
        if self._imaging is not None:
            self._interlocks.beam_went_off = self._imaging.beam.forget
        self._triggers = self._make_triggers()
        self._sensors.told = self._triggers.reading
        if self._imaging is not None:
            self._imaging.pictures.told = self._triggers.frames
            self._sensors.lost = self._imaging.lost
        self._drift = self._follow_drift(self._imaging) if self._imaging is not None else None
        cycles = bench.has_potentiostat and program.safety is not None and not is_observed(bench)
        self._cycling = self._make_cycling() if cycles else None
        self._observing = self._make_observing() if is_observed(bench) else None
        self._occasions = Occasions(bench.clock, record, self._cycling, self._standing, self._pauses)
        cells = Cells(self._cell, self._cycling if program.cycling else None, self._control)
        self._steering.parking_forbidden = self._phases.parking_forbidden
        self._steering.lending_forbidden = self._phases.lending_forbidden
        self.sessions = Sessions(program, bench, record, self._commands, self._steering, self._imaging, cells, coming)

    @property
    def steering(self) -> Steering:
        """What people ask of the run."""
        return self._steering

    @property
    def control(self) -> ControlCell | None:
        """The control cell, if there is one."""
        return self._control

    @property
    def interrupted(self) -> Callable[[int], None] | None:
        """Who hears the signals that interrupt it."""
        return self._options.interrupted

    @property
    def pictures(self) -> int:
        """Pictures taken so far."""
        return self._imaging.pictures_taken if self._imaging else 0

    @property
    def not_taken(self) -> int:
        """Captures that were due and not taken; the record has each with its reason."""
        return self._imaging.captures_not_taken if self._imaging else 0

    @property
    def broken_contracts(self) -> int:
        """Latency contracts that were not kept; the record has each with its numbers."""
        return self._imaging.broken_contracts if self._imaging else 0

    async def carry_out(self, folder: Path) -> None:
        """Pre-flight, then both flows until the program is done."""
        async with anyio.create_task_group() as preparing:
            if self._control is not None:
                preparing.start_soon(self._control.prepare, self._options.override)
            await self._prepare(folder)
        if self._options.steered_by is not None:
            self._options.steered_by(self._steering)
        async with anyio.create_task_group() as flows:
            flows.start_soon(self._sensors.follow)
            if self._cycling is not None:
                flows.start_soon(self._surveillance(self._cycling).follow)
            self._keep_alive(flows)
            if self._observing is not None:
                flows.start_soon(self._observing.follow)
            if self.sessions.coming is not None:
                await self._come_back()
            if self._control is not None:
                flows.start_soon(self._control.carry_out)
            flows.start_soon(self.sessions.follow)
            flows.start_soon(self._phases.follow)
            self._phases.begin(partial(self._begin_observing, flows), self._end_observing)
            if not self._phases.at_microscope or self._phases.looks_first:
                await self._phases.keep_beam_off()
            elif self._imaging is not None and self._standing.open_step is not None:
                flows.start_soon(self._begin_imaging, self._imaging, flows)  # the step that was taken up does not wait
            elif self._imaging is not None:
                await self._begin_imaging(self._imaging, flows)
            else:
                self._pauses.never("start", "end")
            await self._cycle_until_it_fails()
            self._triggers.over()
            if self._imaging is not None and self._phases.at_microscope:
                await self._occasions.once(self._imaging.finish, "end")
            if self._control is not None:
                await self._control.finished()
            flows.cancel_scope.cancel()

    async def _come_back(self) -> None:
        """Another session: where the box stands is confirmed, then the sample is looked for."""
        if self._phases.used and self._cycling is not None:
            await self._people(self._cycling).come_back()
            preflight = Preflight(self._program, self._bench, self._commands, self._record, self._cell)
            await preflight.at_microscope(self._cycling, None, self._sensors, self._options.override)
        await self._occasions.while_resting(lambda _: self.sessions.begin(), "return")

    def _keep_alive(self, flows: TaskGroup) -> None:
        for role in self._used():
            if (every_s := role.keep_alive_every_s) is not None:
                cell = self._bench.has_potentiostat and role is self._bench.potentiostat
                speak = partial(keep_alive, commands=self._commands, record=self._record, clock=self._bench.clock)
                flows.start_soon(partial(speak, role, every_s, holds_cell=cell))

    async def _begin_observing(self, flows: TaskGroup) -> None:
        """The box stands open in the microscope: look at cell and beam, then take pictures."""
        beam = self._imaging.beam if self._imaging else None
        if not self._standing.reached(LOOKED_AT):
            preflight = Preflight(self._program, self._bench, self._commands, self._record, self._cell)
            await preflight.at_microscope(self._cycling, beam, self._sensors, self._options.override)
            self._milestone(LOOKED_AT)
        if self._imaging is not None and self._steering.imaging_begun:
            with self._steering.keeping_microscope("the high voltage is being switched on"):
                await self._imaging.switch_on()
        elif self._imaging is not None:
            await self._begin_imaging(self._imaging, flows)

    async def _end_observing(self, last: bool) -> None:
        """Take what still waits while the cell rests, and when it is for the last time the pictures of the end."""
        if last:
            self._triggers.over()
        if self._imaging is None:
            return
        look = self._phases.leaving_after(self._imaging.finish)
        await (self._occasions.once(look, "end") if last else self._occasions.while_resting(look, "end of the visit"))

    async def _begin_imaging(self, imaging: Imaging, flows: TaskGroup) -> None:
        await imaging.switch_on()
        self._steering.imaging_begun = True
        flows.start_soon(imaging.follow_requests)
        await self._occasions.once(imaging.occasion, "start")
        flows.start_soon(self._triggers.follow_timers, self._standing.milestones.get("timers started"))

    async def _prepare(self, folder: Path) -> None:
        """Take up what a killed process has left; look at everything once, unless that was done."""
        if self._left is not None:
            looked, comes_back = self._standing.reached(LOOKED_AT), self.sessions.coming is not None
            self._phases.take_up(self._standing.phase, self._left.events, looked=looked, comes_back=comes_back)
            taking_up = TakingUp(self._left, self._bench, self._commands, self._record, self._cell, self._cycling)
            await taking_up.run()
            self._triggers.carry_on(self._left.events)
            if self._observing is not None:
                self._observing.carry_on(self._left.samples, self._left.next_sequence)
            if self._imaging is not None:
                bookings = (booking_of(event) for event in self._left.events)
                self._imaging.beam.dose.restore(booking for booking in bookings if booking is not None)
                await self._imaging.carry_on(self._left)
            self._steering.restore(self._left.asked)
        if self._standing.reached("pre-flight passed"):
            await self._sensors.read_all()
            return
        preflight = Preflight(self._program, self._bench, self._commands, self._record, self._cell)
        # where the regions are now is not known before a session has begun
        looks = self._phases.at_microscope and self.sessions.coming is None
        beam = self._imaging.beam if self._imaging and looks else None
        cycling = self._cycling if self._phases.at_microscope else None
        await preflight.run(folder, self._options.bytes_needed, cycling, beam, self._sensors, self._options.override)
        if self._phases.at_microscope:
            self._milestone(LOOKED_AT)
        self._milestone("pre-flight passed")

    def _milestone(self, name: str) -> None:
        self._record.progress(self._bench.clock.now(), name)

    async def make_safe(self, reason: str) -> tuple[SafeState, ...]:
        """Cell and beam, side by side; then the high voltage, where people are to close a box and vent."""
        states = await make_all_safe(self._bench, self._seam, self._record, reason, self._options.wait_for_links_s)
        if not self._phases.ends_in_microscope or not self._bench.has_microscope:
            return states
        return (*states, await switch_high_voltage_off(self._bench, self._seam, self._record, reason))

    def explain_captures(self, why: str) -> str:
        """What was due and is not taken any more is in the record with its reason; what the disk says if it refuses."""
        try:
            if self._imaging is not None:
                self._imaging.explain_rest(why)
        except (OSError, RecordError) as error:
            return f"; captures that were due could not be explained: {error}"
        return ""

    def close(self) -> None:
        """Let the worker threads and the process that registers pictures go."""
        self._seam.close()
        if self._drift is not None:
            self._drift.close()
        if self._imaging is not None and self._imaging.focusing is not None:
            self._imaging.focusing.close()

    async def _cycle_until_it_fails(self) -> None:
        """Cycle; if the potentiostat fails, look at the failure as long as the program says, then end.

        Raises:
            InstrumentError, SafetyTrip: what made it fail.
        """
        failures: list[OperandoError] = []
        try:
            await self._cycle()
        except* (InstrumentError, SafetyTrip) as group:
            failures.extend(error for error in [first_of(group)] if isinstance(error, OperandoError))
        if not failures:
            return
        self._samples_come = False
        look = self._program.failures.potentiostat
        if look is not None and self._imaging is not None and self._cycling is not None:
            aftermath = Aftermath(self._program, self._bench, self._record, self._reconnection, self._imaging)
            await aftermath.look(look, failures[0])
        raise failures[0]

    async def _cycle(self) -> None:
        if self._cycling is None or not self._program.cycling:
            await anyio.sleep(self._program.imaging_only_s or 0.0)
            return
        actions = Actions(
            self._program,
            self._bench.clock,
            self._record,
            self._cycling,
            self._imaging,
            self._people(self._cycling),
            self._standing,
            self._pauses,
        )
        await actions.run()

    def _people(self, cycling: Cycling) -> WithPeople:
        told = self._options.operator, self._steering, self._phases, self._interlocks
        return WithPeople.of_run(self._bench, self._record, cycling, *told)

    def _used(self) -> Iterator[Instrument]:
        """Instruments that this program uses; a spectrometer that it leaves alone may be somebody else's."""
        uses_eds = any(capture.eds is not None for capture in self._program.captures.values())
        for role in self._bench.all():
            if uses_eds or not (self._bench.has_eds and role is self._bench.eds):
                yield role

    def _make_imaging(self) -> Imaging:
        return Imaging(
            self._program,
            self._bench,
            self._commands,
            self._record,
            CellStates(self._cell, self._step_name, lambda: self._samples_come),
            self._options.observer,
            self._reconnection,
            self._steering,
            beam_forbidden=self._sensors.beam_forbidden,
            follow_gauges=self._sensors.follow_under_beam,
        )

    def _follow_drift(self, imaging: Imaging) -> DriftFollower:
        program, clock = self._program, self._bench.clock
        drift = DriftFollower(program.regions, program.following, imaging.beam, clock, self._record)
        imaging.pictures.follower = drift if imaging.focusing is None else Followers(drift, imaging.focusing)
        return drift

    def _surveillance(self, cycling: Cycling) -> CellSurveillance:
        return CellSurveillance(
            self._program.if_changed, self._cell, self._running_step, self._record, cycling.restore, self._steering
        )

    def _running_step(self) -> StepInProgress | None:
        return self._cycling.running if self._cycling else None

    def _step_name(self) -> str:
        running = self._observing.running if self._observing else self._running_step()
        return running.name if running else ""

    def _make_triggers(self) -> Triggers:
        imaging = self._imaging
        if imaging is None:
            return Triggers(self._program, self._bench.clock, self._record, lambda _: None, lambda _: 0.0)
        return Triggers(self._program, self._bench.clock, self._record, self._submit, imaging.duration_s)

    def _submit(self, request: CaptureRequest) -> None:
        """A trigger asks for a capture: whoever goes on after a kill knows that it did."""
        asked = AskedCapture(request.line, request.capture.name, request.reason, request.wanted_s)
        self._record.progress(self._bench.clock.now(), "capture asked", **asdict(asked))
        if self._imaging is not None:
            self._imaging.submit(request)

    def _make_observing(self) -> Observing:
        bench, shared = self._bench, (self._commands, self._record, self._cell, self._triggers)
        return Observing(self._program, bench.potentiostat, bench.clock, *shared, self._options.observer)

    def _make_cycling(self) -> Cycling:
        program, bench = self._program, self._bench
        assert program.safety is not None
        commands, record, cell, triggers = self._commands, self._record, self._cell, self._triggers
        told = self._options.observer, self._steering
        return Cycling(
            program, program.safety, bench.potentiostat, bench.clock, commands, record, cell, triggers, *told
        )
