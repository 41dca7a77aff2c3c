"""Whether a record is complete, and whether a process writes it."""

from pathlib import Path

from operando.protocols.record.checksums import SUMS
from operando.protocols.record.system import is_held

__all__ = ["is_closed", "recorder_at_work"]


def is_closed(folder: Path) -> bool:
    """Whether the record is complete; it is never modified any more."""
    return (folder / SUMS).is_file()


def recorder_at_work(folder: Path) -> bool:
    """Whether a process writes the record now; where the platform cannot tell, no."""
    journal = folder / "journal.jsonl"
    return journal.is_file() and is_held(journal) is True
