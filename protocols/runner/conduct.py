"""Runs a program on a bench to its end: a record of everything, and a safe end whatever happens."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import anyio

from operando.drivers.bench import Bench
from operando.drivers.errors import OperandoError, first_of
from operando.drivers.roles import SafeState
from operando.drivers.timeline import run as run_on_clock
from operando.protocols.program import Program
from operando.protocols.record import RecordError, RunHeader, RunRecord
from operando.protocols.runner.interruption import Interruption
from operando.protocols.runner.observing import is_observed
from operando.protocols.runner.outcome import Ending, RunOutcome
from operando.protocols.runner.run import Run, RunOptions

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
        watched = (bench.potentiostat.name,) if is_observed(bench) else ()
        return RunOutcome(folder, ending, reason, safe, run.pictures, run.not_taken, run.broken_contracts, watched)

    with interruption:
        try:
            outcome = run_on_clock(bench.clock, main)
        except BaseException:
            record.release()
            raise
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
