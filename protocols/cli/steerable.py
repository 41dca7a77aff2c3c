"""A run that listens to those who steer it, and the live page beside it, if somebody wants one.

The page is a process of its own; the run neither waits for it nor needs it.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from operando.protocols.cli.companion import Tell, begin_companion
from operando.protocols.reading.packages import require_package
from operando.protocols.runner import Steering
from operando.protocols.runner.steering_channel import SteeringChannel

__all__ = ["begin_page", "require_page", "steerable"]

PAGE_STAYS_S = 3600.0
"""After the end of the run, counted from the last browser that looked."""


@contextmanager
def steerable(folder: Path, *, page: bool, virtual: bool) -> Iterator[Callable[[Steering], None] | None]:
    """Open the runner's channel while the block lasts.

    Args:
        folder: of the record, which need not be there yet.
        page: whether a page shows the run.
        virtual: whether the run lives in virtual time; nobody steers such a run unless a page shows it.

    Yields:
        For `RunOptions.steered_by`.
    """
    if not page and virtual:
        yield None
        return
    with SteeringChannel(folder) as channel:
        yield channel.steered_by


def require_page() -> None:
    """Find out whether there can be a page, before anything is begun.

    Raises:
        MissingPackage: if the packages of the page are not installed.
    """
    for package in ("starlette", "uvicorn", "websockets"):
        require_package(package, "the live page")


def begin_page(folder: Path, tell: Tell) -> None:
    """Begin a page that outlives the run, and tell where it is, or why there is none."""

    def heard(line: str) -> None:
        tell(f"live page: {json.loads(line)['address']}")

    words = ["view", str(folder.absolute()), "--json", "--leave-after", str(PAGE_STAYS_S)]
    begin_companion("live page", words, tell, f"operando view {folder}", heard)
