"""Runs a program on a bench: two flows side by side, a record of everything, and a safe end whatever happens."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import anyio

from operando.drivers.bench import Bench
from operando.drivers.errors import OperandoError, first_of
from operando.drivers.roles import Instrument, SafeState
from operando.drivers.seam import Seam
from operando.drivers.timeline import run as run_on_clock
from operando.protocols.program import Program
from operando.protocols.record import RecordError, RunHeader, RunRecord
from operando.protocols.runner.actions import Actions
from operando.protocols.runner.cell_timeline import CellTimeline
from operando.protocols.runner.commands import Commands
from operando.protocols.runner.cycling import Cycling
from operando.protocols.runner.imaging import Imaging
from operando.protocols.runner.interlocks import Interlocks
from operando.protocols.runner.interruption import Interruption
from operando.protocols.runner.observer import Observer, Silent
from operando.protocols.runner.operator import Operator, ScriptedOperator
from operando.protocols.runner.outcome import Ending, RunOutcome
from operando.protocols.runner.preflight import Override, Preflight
from operando.protocols.runner.safe_end import make_all_safe
from operando.protocols.runner.sensors import Sensors
from operando.protocols.runner.triggers import Triggers

__all__ = ["RunOptions", "run_program"]

WAIT_FOR_LINKS_S = 30.0
OCCASION_AT_MOST_S = 3600.0


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What is decided when a run is started.

    Args:
        bytes_needed: on disk, from the dry run.
        override: of a failed pre-flight.
        wait_for_links_s: how long to go on trying to make safe what cannot be reached.
    """

    bytes_needed: int = 0
    override: Override | None = None
    wait_for_links_s: float = WAIT_FOR_LINKS_S
    operator: Operator = field(default_factory=ScriptedOperator)
    observer: Observer = field(default_factory=Silent)


class Run:
    """One run of a program: the flows and what they share."""

    def __init__(self, program: Program, bench: Bench, record: RunRecord, options: RunOptions) -> None:
        self._program = program
        self._bench = bench
        self._record = record
        self._options = options
        self._seam = Seam(bench.clock)
        self._commands = Commands(self._seam, record, bench.clock)
        self._cell = CellTimeline()
        interlocks = Interlocks(program.interlocks, bench.file, bench.clock)
        self._sensors = Sensors(bench, self._commands, record, interlocks)
        self._imaging = self._make_imaging() if program.captures and bench.has_microscope else None
        self._triggers = self._make_triggers()
        self._cycling = self._make_cycling() if bench.has_potentiostat and program.safety is not None else None

    @property
    def pictures(self) -> int:
        """Pictures taken so far."""
        return self._imaging.pictures_taken if self._imaging else 0

    @property
    def not_taken(self) -> int:
        """Captures that were due and not taken; the record has each with its reason."""
        return self._imaging.captures_not_taken if self._imaging else 0

    async def carry_out(self, folder: Path) -> None:
        """Pre-flight, then both flows until the program is done."""
        preflight = Preflight(self._program, self._bench, self._commands, self._record, self._cell)
        beam = self._imaging.beam if self._imaging else None
        await preflight.run(
            folder, self._options.bytes_needed, self._cycling, beam, self._sensors, self._options.override
        )
        async with anyio.create_task_group() as flows:
            flows.start_soon(self._sensors.follow)
            for role in self._used():
                if role.keep_alive_every_s is not None:
                    flows.start_soon(self._keep_alive, role, role.keep_alive_every_s)
            if self._imaging is not None:
                await self._imaging.switch_on()
                flows.start_soon(self._imaging.follow_requests)
                await self._rest_while(self._imaging.occasion, "start")
                flows.start_soon(self._triggers.follow_timers)
            await self._cycle()
            if self._imaging is not None:
                await self._rest_while(self._imaging.finish, "end")
            flows.cancel_scope.cancel()

    async def make_safe(self, reason: str) -> tuple[SafeState, ...]:
        """Cell and beam, side by side."""
        return await make_all_safe(self._bench, self._seam, self._record, reason, self._options.wait_for_links_s)

    def close(self) -> None:
        """Let the worker threads go."""
        self._seam.close()

    async def _cycle(self) -> None:
        if self._cycling is None or not self._program.cycling:
            await anyio.sleep(self._program.imaging_only_s or 0.0)
            return
        actions = Actions(
            self._program, self._bench.clock, self._record, self._cycling, self._imaging, self._options.operator
        )
        await actions.run()

    async def _rest_while(self, look: Callable[[str], Awaitable[None]], occasion: str) -> None:
        """Take the pictures of an occasion while the cell rests, so that each of them knows the cell's state."""
        if self._cycling is None:
            await look(occasion)
            return
        done = anyio.Event()

        async def looking() -> None:
            await look(occasion)
            done.set()

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(looking)
            await self._cycling.rest(f"rest at the {occasion}", 0, OCCASION_AT_MOST_S, done.is_set)
            await done.wait()

    def _used(self) -> Iterator[Instrument]:
        """Instruments that this program uses; a spectrometer that it leaves alone may be somebody else's."""
        uses_eds = any(capture.eds is not None for capture in self._program.captures.values())
        for role in self._bench.all():
            if uses_eds or not (self._bench.has_eds and role is self._bench.eds):
                yield role

    async def _keep_alive(self, role: Instrument, every_s: float) -> None:
        while True:
            await anyio.sleep(every_s)
            await self._commands.ask(role, role.keep_alive)

    def _make_imaging(self) -> Imaging:
        return Imaging(
            self._program,
            self._bench,
            self._commands,
            self._record,
            self._cell,
            self._options.observer,
            beam_forbidden=self._sensors.beam_forbidden,
            follow_gauges=self._sensors.follow_under_beam,
            step_name=lambda: self._cycling.running.name if self._cycling and self._cycling.running else "",
        )

    def _make_triggers(self) -> Triggers:
        imaging = self._imaging
        if imaging is None:
            return Triggers(self._program, self._bench.clock, self._cell, lambda _: None, lambda _: 0.0)
        return Triggers(self._program, self._bench.clock, self._cell, imaging.submit, imaging.duration_s)

    def _make_cycling(self) -> Cycling:
        assert self._program.safety is not None
        return Cycling(
            self._program,
            self._program.safety,
            self._bench.potentiostat,
            self._bench.clock,
            self._commands,
            self._record,
            self._cell,
            self._triggers,
            self._options.observer,
        )


def run_program(
    program: Program, bench: Bench, folder: Path, header: RunHeader, options: RunOptions | None = None
) -> RunOutcome:
    """Run a program on an open bench to its end, and leave cell and beam safe.

    Args:
        program: what to do.
        bench: open; it stays open.
        folder: for the record; new or empty.
        header: what the record says about the run.
        options: what is decided at the start.

    Returns:
        How it ended. Errors of instruments and limits end a run; they are not raised.
    """
    chosen = options or RunOptions()
    record = RunRecord.create(folder, header)
    run = Run(program, bench, record, chosen)

    async def main() -> RunOutcome:
        ending, reason = Ending.FAILED, "a defect in operando"
        safe: tuple[SafeState, ...] = ()
        with Interruption() as interruption:
            try:
                ending, reason = await _attempt(lambda: run.carry_out(folder), interruption)
            finally:
                with anyio.CancelScope(shield=True):
                    safe = await run.make_safe(f"{ending}: {reason}")
        return RunOutcome(folder, ending, reason, safe, run.pictures, run.not_taken)

    try:
        outcome = run_on_clock(bench.clock, main)
    finally:
        run.close()
    return _closed(record, outcome, bench.clock.now())


def _closed(record: RunRecord, outcome: RunOutcome, now_s: float) -> RunOutcome:
    """Close the record; what the instruments confirmed is reported even if the disk refuses."""
    try:
        record.event(now_s, "run", str(outcome.ending), outcome.reason, exit_code=outcome.exit_code)
        record.close(str(outcome.ending))
    except (OSError, RecordError) as error:
        record.release()
        reason = f"{outcome.reason}; the record could not be closed: {error}"
        return replace(outcome, ending=Ending.FAILED, reason=reason)
    return outcome


async def _attempt(work: Callable[[], Awaitable[None]], interruption: Interruption) -> tuple[Ending, str]:
    failures: list[BaseException] = []
    try:
        with anyio.CancelScope() as scope:
            interruption.cancels(scope)
            await work()
    except* (OperandoError, OSError) as group:
        failures.append(first_of(group))
    if failures:
        return Ending.FAILED, f"{type(failures[0]).__name__}: {failures[0]}"
    if interruption.happened:
        return Ending.INTERRUPTED, "interrupted by the operator"
    return Ending.COMPLETED, "every action of the protocol was carried out"
