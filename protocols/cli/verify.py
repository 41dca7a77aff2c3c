"""`operando verify RUN`."""

import json as json_module
from pathlib import Path

from rich.console import Console

from operando.protocols.cli.failures import RUN_FAILED
from operando.protocols.record import verify_record

__all__ = ["run_verify"]


def run_verify(folder: Path, *, json: bool) -> int:
    """Verify a record and print the verdict."""
    verdict = verify_record(folder)
    if json:
        print(json_module.dumps(verdict.as_json()))  # noqa: T201  this is the output
    else:
        console = Console(highlight=False)
        for problem in verdict.problems:
            console.print(f"[red]wrong[/red]  {problem}")
        console.print(str(verdict))
    return 0 if verdict.good else RUN_FAILED
