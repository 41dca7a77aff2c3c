"""`operando verify RUN`."""

import json as json_module
from pathlib import Path

from rich.console import Console

from operando.protocols.cli.failures import RUN_FAILED
from operando.protocols.cli.run_folder import require_run
from operando.protocols.cli.working import working
from operando.protocols.record import verify_record

__all__ = ["run_verify"]


def run_verify(folder: Path, *, json: bool) -> int:
    """Verify a record and print the verdict."""
    require_run(folder)
    console = Console(highlight=False, soft_wrap=True)
    with working(console, "verify", quiet=json) as progress:
        verdict = verify_record(folder, progress)
    if json:
        told = {
            "closed": verdict.closed,
            "parked": verdict.parked,
            "problems": list(verdict.problems),
            "samples": verdict.samples,
            "frames": verdict.frames,
            "spectra": verdict.spectra,
        }
        print(json_module.dumps(told))  # noqa: T201  this is the output
    else:
        console.print(str(verdict), markup=False, style="" if verdict.ok else "red")
    return 0 if verdict.ok else RUN_FAILED
