"""The control cell: cycled beside the one in the microscope by the same protocol, seen by no beam."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import anyio

from operando.drivers.bench import Bench
from operando.drivers.errors import OperandoError, first_of
from operando.drivers.roles import Potentiostat
from operando.drivers.seam import Seam
from operando.protocols.program import Program, Safety
from operando.protocols.record import RecordError, RunRecord, open_control_record, read_journal
from operando.protocols.record.sessions import is_parked
from operando.protocols.runner.cell_timeline import CellTimeline
from operando.protocols.runner.commands import Commands
from operando.protocols.runner.control_actions import ControlActions
from operando.protocols.runner.control_header import control_header
from operando.protocols.runner.cycling import Cycling
from operando.protocols.runner.observer import Silent
from operando.protocols.runner.preflight import Finding, Override, judge
from operando.protocols.runner.preflight_cell import CellPreflight
from operando.protocols.runner.reconnection import Reconnection
from operando.protocols.runner.replayed_journal import Standing
from operando.protocols.runner.shared_pauses import SharedPauses
from operando.protocols.runner.standing_of import LeftBehind, left_behind
from operando.protocols.runner.steering import Steering
from operando.protocols.runner.surveillance import CellSurveillance
from operando.protocols.runner.taking_up_cell import note_gap, remember_samples, take_up_cell
from operando.protocols.runner.triggers import Triggers
from operando.protocols.runner.watch import SafetyTrip

__all__ = ["ControlCell", "control_cell_of"]

SOURCE = "control cell"
FAILED = "control cell failed"
"""What the journal of the run calls its failure."""
PASSED = "pre-flight passed"


class ControlCell:
    """Cycles one more cell beside a run, with guards, watch and record of its own.

    Its failure is recorded and makes it safe; the run goes on without it unless its document says otherwise. What
    people and interlocks hold, continue and end concerns both cells. Pictures know nothing of it.

    Args:
        program: of the run.
        safety: of the program; the limits hold for both cells.
        bench: with both potentiostats.
        potentiostat: of the control cell.
        run: the record of the run, told of what becomes of the control cell.
        record: its own.
        seam: through which instruments are reached.
        steering: what people ask of the run.
        left: what an earlier process has left of the control cell; None in a run that has just begun.
    """

    def __init__(
        self,
        program: Program,
        safety: Safety,
        bench: Bench,
        potentiostat: Potentiostat,
        run: RunRecord,
        record: RunRecord,
        seam: Seam,
        steering: Steering,
        left: LeftBehind | None,
    ) -> None:
        alone = replace(program, triggers=())  # nothing is taken of it
        clock = bench.clock
        earlier = read_journal(run.folder) if left is not None else []
        self.pauses = SharedPauses(clock, run, earlier)
        self.failure = "before the run was resumed" if any(one.get("what") == FAILED for one in earlier) else ""
        """Why it has failed; empty as long as it has not."""
        self._ends_run = program.failures.control_cell_ends_run
        self._clock = clock
        self._potentiostat = potentiostat
        self._safety = safety
        self._run = run
        self._record = record
        self._left = left
        self._standing = left.standing if left is not None else Standing()
        self._cell = CellTimeline()
        commands = Commands(seam, record, clock)
        triggers = Triggers(alone, clock, record, lambda _: None, lambda _: 0.0)
        self._cycling = Cycling(
            alone, safety, potentiostat, clock, commands, record, self._cell, triggers, Silent(), steering
        )
        self._actions = ControlActions(alone, clock, record, self._cycling, self._standing, self.pauses, steering)
        self._surveillance = CellSurveillance(
            program.if_changed, self._cell, lambda: self._cycling.running, record, self._cycling.restore, steering
        )
        self._reconnection = Reconnection(bench, seam, run)
        self._finished = anyio.Event()
        self._completed = False
        self.awaited = False
        """Whether the cell in the beam has come to its end, and this one is waited for."""

    @property
    def cycling(self) -> Cycling:
        """Its steps, as they go."""
        return self._cycling

    @property
    def over(self) -> bool:
        """Whether it has come to the end of the program."""
        return self._finished.is_set()

    async def prepare(self, override: Override | None) -> None:
        """Take up what an earlier process has left; ask the cell what the pre-flight asks, unless this session did.

        Raises:
            PreflightFailed: if an answer speaks against starting and nobody overrides it.
        """
        left = self._left
        if left is not None:
            note_gap(left, self._record, self._clock.now())
            remember_samples(left, self._cell)
            if not self.failure:
                await self._unless_it_fails(lambda: take_up_cell(left, self._cycling))
        if not self.failure and not self._standing.reached(PASSED):
            await self._preflight(override)
            self._record.progress(self._clock.now(), PASSED)

    async def carry_out(self) -> None:
        """Cycle it to the end of the program; if it fails, see to it until it is safe.

        Raises:
            OperandoError, OSError: if it fails, and the document says that the run ends with it.
        """
        if not self.failure:
            await self._unless_it_fails(self._cycle)
        self._completed = not self.failure
        self._finished.set()
        if self.failure:
            lost = OperandoError(f"the control cell has failed: {self.failure}")
            await self._reconnection.safe_again(SOURCE, (self._potentiostat,), lost)

    async def finished(self) -> None:
        """Return once it has come to the end of the program, or has failed; the cell in the beam is at its end."""
        self.awaited = True
        await self._finished.wait()

    def close(self, ending: str, reason: str, exit_code: int) -> None:
        """End its record.

        Args:
            ending: of the run, which is that of the control cell unless it has failed or come to its own end before.
            reason: of that.
            exit_code: of the run.

        Raises:
            OSError, RecordError: if the record cannot be completed.
        """
        if self.failure:
            ending, reason, exit_code = "failed", self.failure, 1
        elif self._completed:
            ending, reason, exit_code = "completed", "every action of the protocol was carried out", 0
        self._record.event(self._clock.now(), "run", ending, reason, exit_code=exit_code)
        self._record.close(ending)

    def park(self, reason: str, exit_code: int) -> None:
        """End its part of a session: everything derived is of all of it; the seal of the run has both records.

        Raises:
            OSError, RecordError: if the record cannot be completed.
        """
        said = f"{reason}; the control cell failed: {self.failure}" if self.failure else reason
        self._record.event(self._clock.now(), "run", "parked", said, exit_code=exit_code)
        self._record.complete()
        self._record.release()

    def release(self) -> None:
        """Let go of the files of a record that is not to be closed."""
        self._record.release()

    async def _cycle(self) -> None:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._surveillance.follow)
            await self._actions.run()
            tasks.cancel_scope.cancel()

    async def _preflight(self, override: Override | None) -> None:
        findings: list[Finding] = []

        def note(check: str, passed: bool, detail: str) -> None:
            findings.append(Finding(check, passed, detail))
            kind = "passed" if passed else "failed"
            self._record.event(self._clock.now(), "pre-flight", kind, f"{check}: {detail}")

        questions = CellPreflight(self._safety, self._potentiostat, self._cycling, self._cell, note)
        try:
            await questions.at_rest()
            await questions.contact()
        except SafetyTrip as trip:
            note("cell within its limits", False, str(trip))
        judge(findings, override, self._record, self._clock.now(), "the control cell's")

    async def _unless_it_fails(self, work: Callable[[], Awaitable[None]]) -> None:
        failures: list[BaseException] = []
        try:
            await work()
        except* (OperandoError, OSError) as group:
            failures.append(first_of(group))
        if failures:
            self._fail(failures[0])

    def _fail(self, error: BaseException) -> None:
        """Record it, in both records as far as the disk takes it.

        Raises:
            OperandoError, OSError: the error itself, if the run ends with the control cell.
        """
        self.failure = f"{type(error).__name__}: {error}"
        now_s = self._clock.now()
        said = self.failure
        try:
            self._record.event(now_s, SOURCE, "failed", said)
        except (OSError, RecordError) as refused:
            said += f"; its own record cannot be written: {refused}"
        self._run.progress(now_s, FAILED)
        goes_on = "the run ends with it" if self._ends_run else "the cell in the beam goes on alone"
        self._run.event(now_s, SOURCE, "failed", f"{said}; {goes_on}")
        if self._ends_run:
            raise error


def control_cell_of(
    program: Program, bench: Bench, run: RunRecord, seam: Seam, steering: Steering, *, resumed: bool
) -> ControlCell | None:
    """The control cell of a run; None if the bench has none, the program does not cycle, or its record is closed.

    Args:
        program: of the run.
        bench: with both potentiostats.
        run: the record of the run, in which that of the control cell is begun, or taken up.
        seam: through which instruments are reached.
        steering: what people ask of the run.
        resumed: whether an earlier process has left it.

    Raises:
        RecordError: if its record cannot be written.
    """
    potentiostat, entry = bench.control_potentiostat, bench.file.control_cell
    if potentiostat is None or entry is None or program.safety is None or not program.cycling:
        return None
    record = open_control_record(run, control_header(run.header, entry, potentiostat))
    if record is None:
        return None
    try:
        left = left_behind(record.folder) if resumed else None
        if left is not None and is_parked(run.folder):  # another session begins
            left.standing.milestones.pop(PASSED, None)
        return ControlCell(program, program.safety, bench, potentiostat, run, record, seam, steering, left)
    except BaseException:
        record.release()
        raise
