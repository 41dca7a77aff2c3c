"""`operando resume RUN`: goes on with a run whose process was killed."""

from datetime import UTC
from pathlib import Path

from rich.console import Console

from operando.drivers.bench import Bench
from operando.drivers.bench.file import BenchFile, load_bench_file
from operando.drivers.bench.open import bench_source, connect_bench
from operando.drivers.clock import RealClock
from operando.drivers.documents import Document, parse_document
from operando.drivers.errors import ConfigMismatch, TransportError
from operando.protocols.cli.ending import report
from operando.protocols.cli.run_folder import require_run
from operando.protocols.cli.watched import watched
from operando.protocols.document import parse_protocol
from operando.protocols.document.program_of import program_of_unicycler
from operando.protocols.program import Program
from operando.protocols.record import RecordError, RunHeader, is_closed, read_header, recorder_at_work
from operando.protocols.runner import RunOptions, resume_program
from operando.protocols.runner.standing_of import left_behind

__all__ = ["run_resume"]

PATIENCE_S = 20.0
"""An Amptek DP5 frees itself from a silent client after 15 s."""
RETRY_S = 1.0


def run_resume(folder: Path, bench_name: str, *, operator: str, json: bool) -> int:
    """Go on with a run; returns the exit code.

    Args:
        folder: of the record.
        bench_name: a bench file, or empty for the one that the record holds.
        operator: name for the record.
        json: one JSON object a line, for machines.

    Raises:
        ConfigMismatch: if the folder is no run, the run is finished or still goes on, its world is gone, or other
            instruments answer.
    """
    header = _resumable(folder)
    program = _program(folder, header)
    source = bench_source(bench_name) if bench_name else header.bench_text
    document, file = load_bench_file(source, bench_name or f"{folder.name}/bench.yaml")
    if file.simulated:
        raise ConfigMismatch(
            "the simulated world of this run lived in its process and is gone with it",
            where=str(folder),
            remedy="Start the run anew. Simulated instruments that outlive a run are served by `operando simulate`.",
        )
    console = Console(stderr=json, highlight=False)
    clock = RealClock(header.start_wall.astimezone(UTC), not_before_s=left_behind(folder).end_s)
    bench = _connect(document, file, clock)
    try:
        with watched(bench, folder, console, RunOptions(), who=operator or header.operator, json=json) as options:
            outcome = resume_program(program, bench, folder, options)
    finally:
        bench.close()
    report(outcome, console, json=json)
    return outcome.exit_code


def _connect(document: Document, file: BenchFile, clock: RealClock) -> Bench:
    """Connect, with patience: some instruments stay with a client that died for a while.

    Raises:
        TransportError: if an instrument does not answer after all.
    """
    deadline = clock.now() + PATIENCE_S
    while True:
        try:
            return connect_bench(document, file, clock)
        except TransportError:
            if clock.now() >= deadline:
                raise
        clock.sleep_until(clock.now() + RETRY_S)


def _resumable(folder: Path) -> RunHeader:
    """What the run is, if it can be gone on with.

    Raises:
        ConfigMismatch: with what stands against it.
    """
    require_run(folder)
    try:
        header = read_header(folder)
    except (RecordError, OSError) as error:
        raise ConfigMismatch(f"this is no run: {error}", where=str(folder), remedy="Name its folder.") from error
    if is_closed(folder):
        raise ConfigMismatch(
            "the run is finished; its record is never modified",
            where=str(folder),
            remedy="Start a new run; `operando verify` and `operando report` look at this one.",
        )
    if recorder_at_work(folder):
        raise ConfigMismatch(
            "another process is carrying out this run",
            where=str(folder),
            remedy="Let it go on. A run can be resumed once its process has ended.",
        )
    return header


def _program(folder: Path, header: RunHeader) -> Program:
    if header.protocol_file.endswith(".json"):
        return program_of_unicycler(parse_document(header.protocol_text.replace("\t", " "), header.protocol_file))
    return parse_protocol(header.protocol_text, header.protocol_file, folder / "attachments")
