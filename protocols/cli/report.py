"""`operando report RUN`."""

import json as json_module
from pathlib import Path

from rich.console import Console

from operando.protocols.cli.run_folder import require_run
from operando.protocols.cli.working import working
from operando.protocols.plan.words import size_in_words
from operando.protocols.report import write_report

__all__ = ["run_report"]


def run_report(folder: Path, out: Path | None, *, json: bool) -> int:
    """Write the report and say where it is; a bar shows the progress where somebody looks."""
    require_run(folder)
    console = Console(stderr=json, highlight=False, soft_wrap=True)
    with working(console, "report", quiet=json) as progress:
        report = write_report(folder, out, progress)
    if json:
        told = {"page": str(report.page), "bytes": report.bytes, "figures": list(report.figures)}
        print(json_module.dumps(told))  # noqa: T201  this is the output
    else:
        console.print(
            f"report: {report.page} ({size_in_words(report.bytes)}, {len(report.figures)} figures)", markup=False
        )
    return 0
