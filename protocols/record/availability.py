"""Whether a record is complete, and whether a process writes it."""

from pathlib import Path

from operando.drivers.errors import ConfigMismatch
from operando.protocols.record.checksums import SUMS
from operando.protocols.record.crate import CRATE
from operando.protocols.record.durable import PART
from operando.protocols.record.system import is_held

__all__ = ["is_closed", "recorder_at_work", "require_left", "require_unfinished"]


def is_closed(folder: Path) -> bool:
    """Whether the record was completed, whatever was taken away from it later; it is never modified any more.

    The crate is written last. Sums without it are those of a close that did not come to its end if the crate is still
    without its name; otherwise somebody has removed it.
    """
    if (folder / CRATE).is_file():
        return True
    return (folder / SUMS).is_file() and not (folder / f"{CRATE}{PART}").is_file()


def recorder_at_work(folder: Path) -> bool:
    """Whether a process writes the record now; where the platform cannot tell, no."""
    journal = folder / "journal.jsonl"
    return journal.is_file() and is_held(journal) is True


def require_unfinished(folder: Path) -> None:
    """Only a run that is not complete can be parked, resumed or continued.

    Raises:
        ConfigMismatch: if it was completed.
    """
    if is_closed(folder):
        raise ConfigMismatch(
            "the run is finished; its record is never modified",
            where=str(folder),
            remedy="Start a new run; `operando verify` and `operando report` look at this one.",
        )


def require_left(folder: Path, remedy: str) -> None:
    """Only a run that no process carries out can be taken up.

    Args:
        folder: of the record.
        remedy: what to do while one does.

    Raises:
        ConfigMismatch: if it was completed, or a process carries it out.
    """
    require_unfinished(folder)
    if recorder_at_work(folder):
        raise ConfigMismatch("another process is carrying out this run", where=str(folder), remedy=remedy)
