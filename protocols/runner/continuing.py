"""Begins another session of a parked run, days later, on a bench that is open."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from operando.drivers.bench import Bench
from operando.drivers.errors import ConfigMismatch
from operando.protocols.program import Program
from operando.protocols.record import Disk, RunRecord, require_left
from operando.protocols.record.sessions import continued_sessions, is_parked
from operando.protocols.runner.conduct import conduct
from operando.protocols.runner.outcome import RunOutcome
from operando.protocols.runner.resume import require_same_instruments
from operando.protocols.runner.run import Run
from operando.protocols.runner.run_options import RunOptions
from operando.protocols.runner.sessions import Coming
from operando.protocols.runner.standing_of import left_behind
from operando.protocols.sessions import Consent, ElsewhereFile, Import, cycles_carried_on

__all__ = ["Returning", "continue_program", "require_parked"]


@dataclass(frozen=True, slots=True)
class Returning:
    """What is known when a session begins.

    Args:
        elsewhere: files of cycling that was done elsewhere.
        sample: somebody's word that it is the sample, and that its regions are where they were.
        files: somebody's word that the files are of this cell, whatever speaks against it.
    """

    elsewhere: Sequence[ElsewhereFile] = ()
    sample: Consent | None = None
    files: Consent | None = None


def continue_program(
    program: Program,
    bench: Bench,
    folder: Path,
    returning: Returning | None = None,
    options: RunOptions | None = None,
    disk: Disk | None = None,
) -> RunOutcome:
    """Go on with a parked run to its end, or until it is parked again, and leave cell and beam safe.

    Until the sample is recognised the run stays parked, whatever happens; what was imported stays imported.

    Args:
        program: the one that the record holds.
        bench: open, with the instruments of the run; its clock goes on with the timeline of the run.
        folder: of the record.
        returning: what is known.
        options: what is decided at the start.
        disk: what writes.

    Raises:
        ConfigMismatch: if the run is not parked, other instruments answer, or a file is not of this cell.
        RecordError: if the record cannot be written.
    """
    require_parked(folder)
    require_same_instruments(bench, folder)
    known = returning or Returning()
    record = RunRecord.reopen(folder, disk, truth=bench.truth, beside=not bench.clock.virtual)
    try:
        imported = Import(record, program, bench.clock.now(), known.files).of(known.elsewhere)
        left = left_behind(folder)
        left = replace(left, asked=replace(left.asked, parking=None, lent_to="", lent_since_s=None))
        left.standing.milestones.pop("pre-flight passed", None)  # everything was taken apart and put together since
        before = sum(session.cycles_elsewhere for session in continued_sessions(folder)[-1:])
        coming = Coming(imported.files, before + imported.cycles, known.sample)
        carried_on = cycles_carried_on(program, coming.cycles_elsewhere, left.standing.done)
        run = Run(carried_on, bench, record, options or RunOptions(), left, coming)
    except BaseException:
        record.release()
        raise
    return conduct(run, bench, record)


def require_parked(folder: Path) -> None:
    """Say what stands against another session.

    Raises:
        ConfigMismatch: with what to do instead.
    """
    require_left(folder, "Let it go on; `operando park` ends its session.")
    if not is_parked(folder):
        raise ConfigMismatch(
            "the run is not parked: its process was killed",
            where=str(folder),
            remedy="Take it up with `operando resume`; it can be parked then.",
        )
