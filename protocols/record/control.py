"""The record of the control cell: whole, of the same form, in a folder of the record of its run."""

from pathlib import Path

from operando.protocols.record.availability import is_closed
from operando.protocols.record.durable import Disk
from operando.protocols.record.header import RunHeader
from operando.protocols.record.seal import CONTROL
from operando.protocols.record.writer import RunRecord

__all__ = ["CONTROL", "control_folder", "is_control_of_run", "open_control_record"]


def control_folder(folder: Path) -> Path | None:
    """The record of the control cell of a run; None if it has none, or was killed before that had begun."""
    inside = folder / CONTROL
    return inside if _has_begun(inside) else None


def is_control_of_run(folder: Path) -> bool:
    """Whether a record is that of a control cell, inside the record of a run."""
    place = folder.absolute()
    return place.name == CONTROL and _has_begun(place.parent)


def open_control_record(record: RunRecord, header: RunHeader) -> RunRecord | None:
    """Begin the record of the control cell inside that of its run, or go on with what an earlier process has left.

    Args:
        record: of the run, open; the same disk writes both.
        header: of the control cell.

    Returns:
        The record; None if it was closed already, because the run was killed while it was closed.

    Raises:
        RecordError: if it cannot be written.
    """
    folder, beside = record.folder / CONTROL, record.writes_beside
    if is_closed(folder):
        return None
    if _has_begun(folder):
        return RunRecord.reopen(folder, record.disk, beside=beside)
    _clear(folder, record.disk)
    return RunRecord.create(folder, header, record.disk, beside=beside)


def _has_begun(folder: Path) -> bool:
    """Whether the journal has its first line: before that nothing is recorded."""
    journal = folder / "journal.jsonl"
    if not journal.is_file():
        return False
    with journal.open("rb") as file:
        return file.readline().endswith(b"\n")


def _clear(folder: Path, disk: Disk) -> None:
    """Remove what a process has left that was killed before anything was recorded."""
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir():
            path.rmdir()
        else:
            disk.remove(path)
