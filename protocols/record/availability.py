"""Whether a record is complete, and whether a process writes it."""

from pathlib import Path

from operando.protocols.record.checksums import SUMS
from operando.protocols.record.crate import CRATE
from operando.protocols.record.durable import PART
from operando.protocols.record.system import is_held

__all__ = ["is_closed", "recorder_at_work"]


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
