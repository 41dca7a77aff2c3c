"""A CSV file whose rows acknowledge what was recorded elsewhere: once a row is there, so is what it speaks of."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

from operando.protocols.record.durable import Disk
from operando.protocols.record.rows import csv_header, csv_line

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

__all__ = ["RowFile"]

Row = TypeVar("Row", bound="DataclassInstance")


class RowFile(Generic[Row]):
    """Appends rows of one kind; `rows` are all that the file has.

    Args:
        rows: those that the file has already.
    """

    def __init__(self, disk: Disk, path: Path, kind: type[Row], rows: Sequence[Row] = ()) -> None:
        self.rows = list(rows)
        self._file = disk.open(path)
        if self._file.size == 0:
            self._file.append(csv_header(kind))
            self._file.sync()

    @property
    def next_number(self) -> int:
        """Rows are numbered from 1."""
        return len(self.rows) + 1

    def acknowledge(self, rows: Sequence[Row]) -> None:
        """Append rows in one write; they are on the disk when this returns."""
        self._file.append(b"".join(csv_line(row) for row in rows))
        self._file.sync()
        self.rows += rows

    def close(self) -> None:
        self._file.close()
