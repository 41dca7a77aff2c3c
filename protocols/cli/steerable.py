"""A run that listens to those who steer it, and the live page beside it, if somebody wants one.

The page is a process of its own; the run neither waits for it nor notices its end.
"""

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from operando.protocols.reading.packages import require_package
from operando.protocols.runner import Steering
from operando.protocols.runner.steering_channel import SteeringChannel

__all__ = ["steerable"]

PAGE_STAYS_S = 3600.0
"""After the end of the run, counted from the last browser that looked."""


@contextmanager
def steerable(
    folder: Path, console: Console, *, page: bool, virtual: bool
) -> Iterator[Callable[[Steering], None] | None]:
    """Open the runner's channel while the block lasts, and begin a page that outlives it.

    Args:
        folder: of the record, which need not be there yet.
        console: told where the page is.
        virtual: whether the run lives in virtual time; nobody steers such a run unless a page shows it.

    Yields:
        For `RunOptions.steered_by`.

    Raises:
        MissingPackage: if the packages of the page are not installed.
    """
    if not page and virtual:
        yield None
        return
    with SteeringChannel(folder) as channel:
        if page:
            _begin_page(folder, console)
        yield channel.steered_by


def _begin_page(folder: Path, console: Console) -> None:
    for package in ("starlette", "uvicorn", "websockets"):
        require_package(package, "the live page")
    command = [sys.executable, "-m", "operando.protocols.cli", "view", str(folder.absolute())]
    process = subprocess.Popen(
        [*command, "--json", "--leave-after", str(PAGE_STAYS_S)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C is for the run
    )
    threading.Thread(target=_announce, args=(process, console), name="live page", daemon=True).start()


def _announce(page: "subprocess.Popen[bytes]", console: Console) -> None:
    """Say where the page is as soon as it answers."""
    if page.stdout is None:
        return
    with page.stdout as lines:
        for line in lines:
            console.print(f"live page: {json.loads(line)['address']}", markup=False)
