"""Protocols: the document a scientist writes, the runner that carries it out, and the record that it leaves."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from operando.protocols.reading import Run

__all__ = ["open_run"]


def open_run(path: str | Path) -> "Run":
    """Open the record of a run to read it; the run may still go on, in another process.

    Raises:
        RecordError: if the folder is no record, or one of a newer operando.
    """
    # the command line imports this package before it knows that it needs a record
    from operando.protocols import reading

    return reading.open_run(path)
