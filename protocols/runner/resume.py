"""Goes on with a run whose process was killed, on a bench that is open."""

from pathlib import Path

from operando.drivers.bench import Bench
from operando.drivers.errors import ConfigMismatch
from operando.protocols.program import Program
from operando.protocols.record import Disk, RunRecord, read_header
from operando.protocols.record.sessions import continued_sessions, is_parked
from operando.protocols.runner.conduct import conduct
from operando.protocols.runner.outcome import RunOutcome
from operando.protocols.runner.run import Run
from operando.protocols.runner.run_options import RunOptions
from operando.protocols.runner.standing_of import left_behind
from operando.protocols.sessions.carrying_on import cycles_carried_on

__all__ = ["require_not_parked", "require_same_instruments", "resume_program"]


def resume_program(
    program: Program, bench: Bench, folder: Path, options: RunOptions | None = None, disk: Disk | None = None
) -> RunOutcome:
    """Go on with a run to its end, and leave cell and beam safe.

    Args:
        program: the one that the record holds.
        bench: open, with the instruments of the run; its clock goes on with the timeline of the run.
        folder: of the record.
        options: what is decided at the start; an override is not needed any more.
        disk: what writes.

    Raises:
        RecordError: if the run was closed, if another process goes on with it, or the folder is no record.
        ConfigMismatch: if other instruments answer than those of the run, or it is parked.
    """
    require_not_parked(folder)
    require_same_instruments(bench, folder)
    record = RunRecord.reopen(folder, disk, truth=bench.truth, beside=not bench.clock.virtual)
    try:
        left = left_behind(folder)
        elsewhere = sum(session.cycles_elsewhere for session in continued_sessions(folder)[-1:])
        run = Run(
            cycles_carried_on(program, elsewhere, left.standing.done), bench, record, options or RunOptions(), left
        )
    except BaseException:
        record.release()
        raise
    return conduct(run, bench, record)


def require_not_parked(folder: Path) -> None:
    """A parked run was not killed: its sample may be another one by now.

    Raises:
        ConfigMismatch: if it is parked.
    """
    if is_parked(folder):
        raise ConfigMismatch(
            "the run is parked, not killed",
            where=str(folder),
            remedy="Go on with it: operando continue. It finds the sample and its regions again first.",
        )


def require_same_instruments(bench: Bench, folder: Path) -> None:
    """Ask every instrument who it is; changes nothing.

    Raises:
        ConfigMismatch: if it is not the one that the run began with. A serial number that is not told while a step
            runs is no difference.
    """
    before = {identity.address: identity for identity in read_header(folder).identities}
    for role in bench.one_role_each():
        found = role.identify()
        known = before.get(found.address)
        if known is None:
            continue
        same = (known.vendor, known.model) == (found.vendor, found.model)
        told = " " not in known.serial and " " not in found.serial
        if not same or (told and known.serial != found.serial):
            raise ConfigMismatch(
                f"at {found.address} answers {found}, the run began with {known}",
                where=role.name,
                remedy="Connect the instruments of the run, or name their bench with --bench. Nothing was changed.",
            )
