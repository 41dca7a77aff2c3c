"""`operando bench check BENCH`: whether its drivers keep their promises."""

import json as json_module
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from operando.drivers.conformance import JudgedSession, Outcome, Result, Verdict, write_verdict
from operando.drivers.conformance.folder import require_folder_for_verdict
from operando.drivers.errors import ConfigMismatch
from operando.protocols.cli.working import working

__all__ = ["check_bench"]

FAILED, NOT_CONFIRMED_SAFE = 1, 4
STYLES = {
    Outcome.KEPT: "green",
    Outcome.BROKEN: "bold red",
    Outcome.STOPPED: "red",
    Outcome.NOT_OFFERED: "dim",
    Outcome.NOT_ALLOWED: "yellow",
}


def check_bench(
    bench: str,
    out: Path | None,
    *,
    allow: str,
    by: str,
    only: Sequence[str] = (),
    wires: Path | None = None,
    json: bool = False,
) -> int:
    """Judge a bench, print what was found and write the verdict.

    Args:
        bench: a bench file, or the name of an installed bench.
        out: folder for the verdict; `verdict-BENCH` by default.
        allow: what checks may do, separated by commas: `move`, `beam`, `current`, `spectrum`.
        by: who answers for drivers that have never been on hardware.
        only: beginnings of the ids of checks.
        wires: where to record what goes over the wires, if that is wanted.
        json: one JSON object a line instead of a table.

    Returns:
        The exit code: 1 if a promise was broken, 4 if it is not confirmed that the bench was left safe.
    """
    console = Console(highlight=False, soft_wrap=True)
    folder = out or Path(f"verdict-{Path(bench).stem}")
    require_folder_for_verdict(folder)
    session = JudgedSession.open(bench, allow, by, wires)
    try:
        chosen = session.cases(only)
        with working(console, "checks", quiet=json) as progress:
            for number, case in enumerate(chosen):
                progress(number, len(chosen))
                _tell(console, session.judge(case), json=json)
    finally:
        verdict = session.finish()
    if not chosen:
        raise ConfigMismatch(f"no check begins with {', '.join(only)}", remedy="Leave --only out to see all.")
    for result in session.left:
        _tell(console, result, json=json)
    write_verdict(verdict, folder)
    _summary(console, verdict, folder, json=json)
    if not verdict.confirmed_safe:
        return NOT_CONFIRMED_SAFE
    return 0 if verdict.passed else FAILED


def _tell(console: Console, result: Result, *, json: bool) -> None:
    if json:
        told = {"id": result.id, "outcome": result.outcome, "message": result.message}
        print(json_module.dumps(told))  # noqa: T201  this is the output
        return
    style = STYLES[result.outcome]
    text = "" if result.outcome is Outcome.KEPT else f"  {escape(result.message)}"
    console.print(f"[{style}]{result.outcome:<12}[/] {escape(result.id)}{text}")


def _summary(console: Console, verdict: Verdict, folder: Path, *, json: bool) -> None:
    if json:
        told = {"passed": verdict.passed, "counts": verdict.counts, "verdict": str(folder)}
        print(json_module.dumps(told))  # noqa: T201  this is the output
        return
    table = Table("instrument", "driver", "identity", "left", title=verdict.bench, title_justify="left")
    for judged in verdict.judged:
        left = sorted({str(state.safety) for state in verdict.safe_states if state.instrument == judged.name})
        who = f"{judged.driver} ({judged.driver_package} {judged.driver_version})"
        table.add_row(judged.name, who, escape(str(judged.identity)), ", ".join(left) or "as it was")
    console.print(table)
    counts = ", ".join(f"{verdict.counts[outcome]} {outcome}" for outcome in Outcome if verdict.counts[outcome])
    style = "green" if verdict.passed else "bold red"
    console.print(
        f"[{style}]{'passed' if verdict.passed else 'failed'}[/]: {counts}; the page: {folder / 'index.html'}"
    )
