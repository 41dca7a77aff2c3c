"""`operando resume RUN`: goes on with a run whose process was killed."""

from pathlib import Path

from rich.console import Console

from operando.protocols.cli.ending import report
from operando.protocols.cli.taken_up import bench_of_run, header_of_run, program_of_run
from operando.protocols.cli.watched import watched
from operando.protocols.record import require_left
from operando.protocols.runner import RunOptions, resume_program
from operando.protocols.runner.resume import require_not_parked

__all__ = ["run_resume"]


def run_resume(folder: Path, bench_name: str, *, operator: str, json: bool) -> int:
    """Go on with a run; returns the exit code.

    Args:
        folder: of the record.
        bench_name: a bench file, or empty for the one that the record holds.
        operator: name for the record.
        json: one JSON object a line, for machines.

    Raises:
        ConfigMismatch: if the folder is no run, the run is finished, parked or still goes on, its world is gone, or
            other instruments answer.
    """
    header = header_of_run(folder, "resume")
    require_left(folder, "Let it go on. A run can be resumed once its process has ended.")
    require_not_parked(folder)
    program = program_of_run(folder, header)
    console = Console(stderr=json, highlight=False)
    bench = bench_of_run(folder, header, bench_name)
    try:
        with watched(bench, folder, console, RunOptions(), who=operator or header.operator, json=json) as options:
            outcome = resume_program(program, bench, folder, options)
        report(outcome, console, json=json)
    finally:
        bench.close()
    return outcome.exit_code
