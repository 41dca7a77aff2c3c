"""`operando continue RUN`: begins another session of a run that was parked."""

import getpass
from collections.abc import Sequence
from pathlib import Path

from operando.protocols.cli.carrying_on import carry_on
from operando.protocols.cli.shipped_or_file import script_for
from operando.protocols.cli.taken_up import header_of_run, program_of_run
from operando.protocols.runner import Override, RunOptions, continue_program
from operando.protocols.runner.continuing import Returning, require_parked
from operando.protocols.sessions import Consent, ElsewhereFile

__all__ = ["run_continue"]


def run_continue(
    folder: Path,
    bench_name: str,
    elsewhere: Sequence[Path],
    *,
    time_zone: str,
    override: str,
    sample_confirmed: str,
    import_confirmed: str,
    operator: str,
    live: bool,
    json: bool,
    alerts: bool = False,
    answers: Path | None = None,
) -> int:
    """Go on with a parked run; returns the exit code.

    Args:
        folder: of the record.
        bench_name: a bench file, or empty for the one that the record holds.
        elsewhere: files of cycling that was done elsewhere.
        time_zone: of the wall times in them; empty for that of this computer.
        override: why to go on in spite of a failed pre-flight.
        sample_confirmed: why this is the sample, and its regions are where they were, whatever the pictures say.
        import_confirmed: why the files are of this cell, whatever speaks against it.
        operator: name for the record.
        live: whether the page is opened beside the run.
        json: one JSON object a line, for machines.
        alerts: whether a watcher tells those whom the bench file names.
        answers: a file that answers in place of a person; what people want meanwhile is taken from now on.

    Raises:
        ConfigMismatch: if the run is not parked, its world is gone, the bench file names nobody to alert, other
            instruments answer, or a file is not of this cell.
    """
    header = header_of_run(folder, "continue")
    require_parked(folder)
    program = program_of_run(folder, header)
    script = script_for(program, answers)
    who = operator or getpass.getuser()
    returning = Returning(
        [ElsewhereFile(path, time_zone) for path in elsewhere],
        Consent(who, sample_confirmed) if sample_confirmed else None,
        Consent(who, import_confirmed) if import_confirmed else None,
    )
    return carry_on(
        folder,
        header,
        bench_name,
        lambda bench, options: continue_program(program, bench, folder, returning, options),
        chosen=RunOptions(override=Override(override, who) if override else None),
        script=script,
        who=who,
        live=live,
        alerts=alerts,
        json=json,
    )
