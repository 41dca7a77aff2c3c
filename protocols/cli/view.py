"""`operando view RUN`: the live page of a run that goes on, or is finished."""

import json as json_module
import sys
from pathlib import Path

from rich.console import Console

from operando.protocols.cli.run_folder import say_if_awaited
from operando.protocols.live import PageOptions

__all__ = ["run_view"]


def run_view(folder: Path, options: PageOptions, *, json: bool) -> int:
    """Serve the page until Ctrl-C; returns the exit code."""
    from operando.protocols.live.serve import serve_page

    console = Console(stderr=json, highlight=False, soft_wrap=True)

    def ready(addresses: list[tuple[str, str]]) -> None:
        for purpose, address in addresses:
            if json:
                print(json_module.dumps({"event": "page", "for": purpose, "address": address}), flush=True)  # noqa: T201  this is the output
            else:
                console.print(f"to {purpose}: {address}", markup=False)
        sys.stdout.flush()

    say_if_awaited(folder, console, quiet=json)
    serve_page(folder, options, ready)
    return 0
