"""Runs a program on a bench to its end: a record of everything, and a safe end whatever happens."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import anyio

from operando.drivers.bench import Bench
from operando.drivers.errors import OperandoError, first_of
from operando.drivers.roles import SafeState
from operando.drivers.timeline import run as run_on_clock
from operando.protocols.fiducials import NotThisSample
from operando.protocols.program import Program
from operando.protocols.record import RecordError, RunHeader, RunRecord
from operando.protocols.runner.interruption import Interruption
from operando.protocols.runner.observing import is_observed
from operando.protocols.runner.outcome import Ending, RunOutcome
from operando.protocols.runner.parking import SessionOver
from operando.protocols.runner.recognition import SampleNotConfirmed
from operando.protocols.runner.run import Run
from operando.protocols.runner.run_options import RunOptions

__all__ = ["conduct", "run_program"]


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
    record = RunRecord.create(folder, header, truth=bench.truth, beside=not bench.clock.virtual)
    return conduct(Run(program, bench, record, chosen), bench, record)


def conduct(run: Run, bench: Bench, record: RunRecord) -> RunOutcome:
    """Carry out a run, leave everything safe, and close its record."""
    folder = record.folder
    interruption = Interruption(run.interrupted)
    run.steering.ends_run(interruption.interrupt)

    async def main() -> RunOutcome:
        ending, reason = Ending.FAILED, "a defect in operando"
        safe: tuple[SafeState, ...] = ()
        try:
            ending, reason = await _attempt(lambda: run.carry_out(folder), interruption)
        finally:
            with anyio.CancelScope(shield=True):
                safe = await run.make_safe(f"{ending}: {reason}")
        reason += run.explain_captures(f"the run has ended, {ending}: {reason}")
        if run.broken_contracts:
            reason += f"; {run.broken_contracts} latency contracts were broken"
        control = run.control.failure if run.control is not None else ""
        reason += f"; the control cell failed: {control}" if control else ""
        if run.steering.parking is not None and ending is not Ending.PARKED:
            reason += "; it was to be parked, and came to this end before it could be"
        watched = (bench.potentiostat.name,) if is_observed(bench) else ()
        taken = run.pictures, run.not_taken, run.broken_contracts
        return RunOutcome(folder, ending, reason, safe, *taken, watched, control)

    with interruption:
        try:
            outcome = run_on_clock(bench.clock, main)
        except BaseException:
            _released(run, record)
            raise
        finally:
            run.close()
        return _closed(run, record, outcome, bench.clock.now())


def _closed(run: Run, record: RunRecord, outcome: RunOutcome, now_s: float) -> RunOutcome:
    """Close the records; what the instruments confirmed is reported even if the disk refuses."""
    try:
        if outcome.ending is Ending.PARKED or run.sessions.coming is not None:
            return _left_parked(run, record, outcome, now_s)
        if run.control is not None:
            run.control.close(str(outcome.ending), outcome.reason, outcome.exit_code)
        record.event(now_s, "run", str(outcome.ending), outcome.reason, exit_code=outcome.exit_code)
        record.close(str(outcome.ending))
    except (OSError, RecordError) as error:
        _released(run, record)
        reason = f"{outcome.reason}; the record could not be closed: {error}"
        return replace(outcome, ending=Ending.FAILED, reason=reason)
    return outcome


def _left_parked(run: Run, record: RunRecord, outcome: RunOutcome, now_s: float) -> RunOutcome:
    """The session has ended as it was asked to, or never began: the record is not closed, another may follow."""
    parked = outcome.ending is Ending.PARKED
    kind, reason = ("parked", outcome.reason) if parked else ("not continued", f"{outcome.reason}; it stays parked")
    if run.control is not None and parked:
        run.control.park(reason, outcome.exit_code)
    elif run.control is not None:
        run.control.release()
    record.event(now_s, "run", kind, reason, exit_code=outcome.exit_code)
    if parked:
        run.sessions.park(now_s)
    record.release()
    return replace(outcome, reason=reason)


def _released(run: Run, record: RunRecord) -> None:
    """Let go of the files of records that are not closed."""
    if run.control is not None:
        run.control.release()
    record.release()


async def _attempt(work: Callable[[], Awaitable[None]], interruption: Interruption) -> tuple[Ending, str]:
    failures: list[BaseException] = []
    over: list[BaseException] = []
    try:
        with anyio.CancelScope() as scope:
            interruption.cancels(scope)
            await work()
    except* SessionOver as group:
        over.append(group)
    except* (OperandoError, OSError) as group:
        failures.append(first_of(group))
    if failures and isinstance(failures[0], NotThisSample | SampleNotConfirmed):
        return Ending.REFUSED, f"{type(failures[0]).__name__}: {failures[0]}"
    if failures:
        return Ending.FAILED, f"{type(failures[0]).__name__}: {failures[0]}"
    if interruption.happened:
        return Ending.INTERRUPTED, "interrupted by the operator"
    if over:
        return Ending.PARKED, "the session has ended; another may follow: operando continue"
    return Ending.COMPLETED, "every action of the protocol was carried out"
