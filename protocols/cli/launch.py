"""What `demo` and `run` have in common: open the bench, rehearse, run, say how it ended."""

import getpass
import math
import os
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from operando.drivers.bench import Bench
from operando.drivers.bench.file import load_bench_file
from operando.drivers.bench.open import bench_source, connect_bench
from operando.drivers.bench.seed import with_seed
from operando.drivers.clock import VirtualClock
from operando.drivers.documents import read_document
from operando.drivers.errors import ConfigMismatch
from operando.protocols.check import Finding, bench_facts, check
from operando.protocols.cli.by_script import answered_by
from operando.protocols.cli.ending import report
from operando.protocols.cli.failures import WRONG_INPUT
from operando.protocols.cli.rehearsal import show_findings
from operando.protocols.cli.watch import alerts_of
from operando.protocols.cli.watched import watched
from operando.protocols.plan import plan
from operando.protocols.program import Program
from operando.protocols.runner import Override, RunOptions, run_program
from operando.protocols.runner.operator_script import OperatorScript
from operando.protocols.runner.run_header import header_of, run_id

__all__ = ["Launch"]


@dataclass(frozen=True, slots=True)
class Launch:
    """A program about to be run on a bench.

    Args:
        program: what to do.
        bench: a bench file, or the name of an installed bench.
        seed: of a simulated world; None leaves the bench file's.
        override: of a failed pre-flight.
        operator: name for the record; None takes the bench file's.
        live: whether the page is opened beside the run.
        pace: of a simulated bench: at most so many times as fast as real time, for people who look on.
        alerts: whether a watcher tells those whom the bench file names.
        answers: who answers instead of a person at the terminal; None if a person does.
        around: what is done on the bench just before the run and just after it, while it is open.
    """

    program: Program
    bench: str
    seed: int | None = None
    override: str = ""
    operator: str = ""
    live: bool = False
    pace: float = math.inf
    alerts: bool = False
    answers: OperatorScript | None = None
    around: Callable[[Bench], AbstractContextManager[object]] = nullcontext

    def go(self, out: Path | None, *, json: bool) -> tuple[int, Path | None]:
        """Rehearse, run and report; returns the exit code and the folder of the record."""
        console = Console(stderr=json, highlight=False)
        source = bench_source(self.bench)
        text = read_document(source).text if isinstance(source, Path) else source
        if self.seed is not None:
            text = with_seed(text, self.seed)
        document, file = load_bench_file(text, str(source) if isinstance(source, Path) else self.bench)
        if self.alerts:
            alerts_of(file)  # refused before anything is touched
        bench = connect_bench(document, file, VirtualClock(pace=self.pace) if file.simulated else None)
        try:
            facts = bench_facts(bench)
            rehearsal = plan(self.program, facts)
            if self._refused(check(self.program, facts, rehearsal), console):
                return WRONG_INPUT, None
            folder = free_folder(out) if out else new_folder(bench, self.program)
            who = self.operator or getpass.getuser()
            chosen = RunOptions(
                bytes_needed=rehearsal.bytes, override=Override(self.override, who) if self.override else None
            )
            with (
                self.around(bench),
                watched(
                    bench,
                    folder,
                    console,
                    chosen,
                    who=who,
                    json=json,
                    live=self.live,
                    alerted_by=self.bench if self.alerts else None,
                ) as options,
            ):
                header = header_of(self.program, bench, text, self.operator)
                outcome = run_program(self.program, bench, folder, header, answered_by(self.answers, options, bench))
            report(outcome, console, json=json)
        finally:
            bench.close()
        return outcome.exit_code, folder

    def _refused(self, findings: Sequence[Finding], console: Console) -> bool:
        show_findings(console, self.program.file, findings)
        return any(finding.severity == "error" for finding in findings)


def new_folder(bench: Bench, program: Program) -> Path:
    """A folder under `runs/` that is not there yet."""
    stem = Path("runs") / run_id(bench, program)
    folder, count = stem, 1
    while folder.exists():
        count += 1
        folder = stem.with_name(f"{stem.name}_{count}")
    return folder


def free_folder(out: Path) -> Path:
    """The folder that was asked for.

    Raises:
        ConfigMismatch: if something is there already, or nothing can be written there.
    """
    above = next(folder for folder in (out.absolute(), *out.absolute().parents) if folder.exists())
    if not above.is_dir() and above != out.absolute():
        remedy = "Name another folder with --out."
        raise ConfigMismatch("the record cannot lie in a file", where=str(above), remedy=remedy)
    if not os.access(above, os.W_OK):
        raise ConfigMismatch("you may not write here", where=str(above), remedy="Name another folder with --out.")
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise ConfigMismatch(
            "there is something already where the record should be written",
            where=str(out),
            remedy="Name a new folder with --out; a run never writes over another. To go on with a run that was "
            "killed: operando resume.",
        )
    return out
