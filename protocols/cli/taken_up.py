"""What `resume` and `continue` have in common: the program and the bench of a run that somebody goes on with."""

from datetime import UTC
from pathlib import Path

from operando.drivers.bench import Bench
from operando.drivers.bench.file import load_bench_file
from operando.drivers.bench.open import bench_source, connect_bench
from operando.drivers.clock import RealClock
from operando.drivers.documents import parse_document
from operando.drivers.errors import ConfigMismatch, TransportError
from operando.protocols.cli.run_folder import require_run
from operando.protocols.document import parse_protocol
from operando.protocols.document.program_of import program_of_unicycler
from operando.protocols.program import Program
from operando.protocols.record import RecordError, RunHeader, is_control_of_run, read_header
from operando.protocols.runner.standing_of import left_behind

__all__ = ["bench_of_run", "header_of_run", "program_of_run"]

PATIENCE_S = 20.0
"""An Amptek DP5 frees itself from a silent client after 15 s."""
RETRY_S = 1.0


def header_of_run(folder: Path, verb: str) -> RunHeader:
    """What the run is.

    Args:
        verb: what is to be done with it, for the words of the error.

    Raises:
        ConfigMismatch: if the folder is no run, or that of a control cell.
    """
    require_run(folder)
    try:
        header = read_header(folder)
    except (RecordError, OSError) as error:
        raise ConfigMismatch(f"this is no run: {error}", where=str(folder), remedy="Name its folder.") from error
    if is_control_of_run(folder):
        raise ConfigMismatch(
            f"this is the control cell of a run, which is {verb}d with it",
            where=str(folder),
            remedy=f"{verb.capitalize()} the run: operando {verb} {folder.absolute().parent}",
        )
    return header


def program_of_run(folder: Path, header: RunHeader) -> Program:
    """The program that the record holds."""
    if header.protocol_file.endswith(".json"):
        return program_of_unicycler(parse_document(header.protocol_text.replace("\t", " "), header.protocol_file))
    return parse_protocol(header.protocol_text, header.protocol_file, folder / "attachments")


def bench_of_run(folder: Path, header: RunHeader, bench_name: str) -> Bench:
    """Connect to a bench whose clock goes on with the timeline of the run.

    With patience: some instruments stay with a client that died for a while.

    Args:
        bench_name: a bench file, or empty for the one that the record holds.

    Raises:
        ConfigMismatch: if its world is gone.
        TransportError: if an instrument does not answer after all.
    """
    source = bench_source(bench_name) if bench_name else header.bench_text
    document, file = load_bench_file(source, bench_name or f"{folder.name}/bench.yaml")
    if file.simulated:
        raise ConfigMismatch(
            "the simulated world of this run lived in its process and is gone with it",
            where=str(folder),
            remedy="Start the run anew. Simulated instruments that outlive a run are served by `operando simulate`.",
        )
    clock = RealClock(header.start_wall.astimezone(UTC), not_before_s=left_behind(folder).end_s)
    deadline = clock.now() + PATIENCE_S
    while True:
        try:
            return connect_bench(document, file, clock)
        except TransportError:
            if clock.now() >= deadline:
                raise
        clock.sleep_until(clock.now() + RETRY_S)
