"""`operando watch RUN`: tells people outside the laboratory what they should know of a run."""

import os
from pathlib import Path

from rich.console import Console

from operando.drivers.bench.alerts import AlertsEntry
from operando.drivers.bench.file import BenchFile, load_bench_file
from operando.drivers.bench.open import bench_source
from operando.drivers.clock import RealClock
from operando.drivers.errors import ConfigMismatch
from operando.protocols.alerts import Watcher, routes_of
from operando.protocols.cli.companion import Tell, begin_companion
from operando.protocols.cli.run_folder import say_if_awaited
from operando.protocols.reading import RunStatus
from operando.protocols.reading.awaited import await_next_session, open_awaited_run
from operando.protocols.record.system import give_way

__all__ = ["alerts_of", "begin_watcher", "run_watch"]

PARKED = "{run} is parked, and watched no longer. Its next session is with: operando continue RUN --alerts"


def run_watch(folder: Path, bench: str, *, next_session: bool = False) -> int:
    """Watch a run until it is over or parked and everybody was told; returns the exit code.

    Args:
        bench: a bench file, or empty for the one that the record holds.
        next_session: of a run that was parked or killed: it is about to go on, which is waited for.

    Raises:
        ConfigMismatch: if the bench file has no `alerts`, or another process watches the run, or it is a file.
    """
    clock = RealClock()
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    say_if_awaited(folder, console)
    run = open_awaited_run(folder, clock)
    source = bench_source(bench) if bench else run.header.bench_text
    entry = alerts_of(load_bench_file(source, bench or f"{folder.name}/bench.yaml")[1])
    give_way()
    watcher = Watcher(run, entry, routes_of(entry, os.environ), clock, os.environ, console.print)
    try:
        if next_session:
            await_next_session(run, clock)
        watcher.follow()
    finally:
        watcher.close()
    if run.status is RunStatus.PARKED:
        console.print(PARKED.format(run=folder))
    return 0


def alerts_of(file: BenchFile) -> AlertsEntry:
    """Whom the bench file tells.

    Raises:
        ConfigMismatch: if it tells nobody.
    """
    if file.alerts is None:
        raise ConfigMismatch(
            f"the bench file of {file.name!r} names nobody to alert",
            remedy="Add an entry `alerts` with `mail`, `webhook` or `command`. For a run that goes on, name the "
            "file that has one: operando watch RUN --bench FILE.",
        )
    return file.alerts


def begin_watcher(folder: Path, bench: str, tell: Tell) -> None:
    """Start a watcher of its own process, which outlives the runner: it is there when the runner is gone."""
    words = ["watch", str(folder.absolute())]
    if Path(bench).is_file():
        words += ["--bench", str(Path(bench).absolute())]
    if (folder / "journal.jsonl").exists():  # it was parked or killed, and is being taken up
        words.append("--next-session")
    begin_companion("watcher that alerts people", words, tell, f"operando watch {folder}")
