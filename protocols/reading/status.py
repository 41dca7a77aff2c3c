"""Whether a run was closed, goes on, or was killed."""

from enum import StrEnum
from pathlib import Path

from operando.protocols.record.availability import is_closed
from operando.protocols.record.sessions import is_parked
from operando.protocols.record.system import is_held

__all__ = ["RunStatus", "status_of"]


class RunStatus(StrEnum):
    """What has become of a run."""

    CLOSED = "closed"
    """It has ended, and nothing in its folder changes any more."""
    RUNNING = "still running"
    """A process holds its journal."""
    KILLED = "was killed"
    """It was never closed, and no process holds its journal."""
    PARKED = "parked"
    """A session has ended, another may follow, and no process holds its journal."""
    OPEN = "not closed"
    """It goes on, or was killed: this system, or another machine's disk, does not tell."""


def status_of(folder: Path) -> RunStatus:
    """Look at the folder."""
    if is_closed(folder):
        return RunStatus.CLOSED
    held = is_held(folder / "journal.jsonl")
    if held is not True and is_parked(folder):
        return RunStatus.PARKED
    return {True: RunStatus.RUNNING, False: RunStatus.KILLED, None: RunStatus.OPEN}[held]
