"""What `resume` and `continue` do alike: connect, show and watch the run, let it go on, say how it ended."""

from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from operando.drivers.bench import Bench
from operando.protocols.cli.by_script import answered_by
from operando.protocols.cli.ending import report
from operando.protocols.cli.taken_up import bench_of_run
from operando.protocols.cli.watch import alerts_of
from operando.protocols.cli.watched import watched
from operando.protocols.record import RunHeader
from operando.protocols.runner import RunOptions, RunOutcome
from operando.protocols.runner.operator_script import OperatorScript

__all__ = ["carry_on"]


def carry_on(
    folder: Path,
    header: RunHeader,
    bench_name: str,
    go_on: Callable[[Bench, RunOptions], RunOutcome],
    *,
    chosen: RunOptions,
    script: OperatorScript | None,
    who: str,
    live: bool,
    alerts: bool,
    json: bool,
) -> int:
    """Let a run go on; returns the exit code.

    Args:
        folder: of the record.
        header: of the run.
        bench_name: a bench file, or empty for the one that the record holds.
        go_on: with the run, on the bench that was opened.
        chosen: what is decided at the start.
        script: that answers in place of a person; what people want meanwhile is taken from now on.
        who: is at the terminal, for the record.
        live: whether the page is opened beside the run.
        alerts: whether a watcher tells those whom the bench file names.
        json: one JSON object a line, for machines.

    Raises:
        ConfigMismatch: if its world is gone, or the bench file names nobody to alert.
    """
    console = Console(stderr=json, highlight=False)
    bench = bench_of_run(folder, header, bench_name)
    try:
        if alerts:
            alerts_of(bench.file)
        alerted_by = bench_name if alerts else None
        beside = watched(bench, folder, console, chosen, who=who, json=json, live=live, alerted_by=alerted_by)
        with beside as options:
            script = None if script is None else script.after(bench.clock.now())
            outcome = go_on(bench, answered_by(script, options, bench))
        report(outcome, console, json=json)
    finally:
        bench.close()
    return outcome.exit_code
