"""`operando resume RUN`: goes on with a run whose process was killed."""

from pathlib import Path

from operando.protocols.cli.carrying_on import carry_on
from operando.protocols.cli.shipped_or_file import script_for
from operando.protocols.cli.taken_up import header_of_run, program_of_run
from operando.protocols.record import require_left
from operando.protocols.runner import RunOptions, resume_program
from operando.protocols.runner.resume import require_not_parked

__all__ = ["run_resume"]


def run_resume(
    folder: Path,
    bench_name: str,
    *,
    operator: str,
    json: bool,
    live: bool = False,
    alerts: bool = False,
    answers: Path | None = None,
) -> int:
    """Go on with a run; returns the exit code.

    Args:
        folder: of the record.
        bench_name: a bench file, or empty for the one that the record holds.
        operator: name for the record.
        json: one JSON object a line, for machines.
        live: whether the page is opened beside the run.
        alerts: whether a watcher tells those whom the bench file names.
        answers: a file that answers in place of a person; what people want meanwhile is taken from now on.

    Raises:
        ConfigMismatch: if the folder is no run, the run is finished, parked or still goes on, its world is gone, the
            bench file names nobody to alert, or other instruments answer.
    """
    header = header_of_run(folder, "resume")
    require_left(folder, "Let it go on. A run can be resumed once its process has ended.")
    require_not_parked(folder)
    program = program_of_run(folder, header)
    return carry_on(
        folder,
        header,
        bench_name,
        lambda bench, options: resume_program(program, bench, folder, options),
        chosen=RunOptions(),
        script=script_for(program, answers),
        who=operator or header.operator,
        live=live,
        alerts=alerts,
        json=json,
    )
