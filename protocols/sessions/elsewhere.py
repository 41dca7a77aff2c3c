"""What another program has recorded of the cell, placed on the timeline of the run."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from operando.drivers.errors import ConfigMismatch
from operando.drivers.potentiostats.observed.mpt import MptReader
from operando.drivers.potentiostats.observed.row import ObservedRow
from operando.protocols.sessions.bdf_reader import bdf_rows
from operando.protocols.sessions.measured_rows import require_measured

__all__ = ["Elsewhere", "ElsewhereFile", "read_elsewhere"]

CLOCK_UNCERTAINTY_S = 1.0
"""Of the other program's computer."""


@dataclass(frozen=True, slots=True)
class ElsewhereFile:
    """A file to be imported.

    Args:
        path: EC-Lab text (`.mpt`) or Battery Data Format (`.bdf.csv`).
        time_zone: of the wall times in EC-Lab text (`Europe/Berlin`); empty for that of this computer.
    """

    path: Path
    time_zone: str = ""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Everything that a file says.

    Args:
        name: of the file.
        data: all of it.
        program: in the words of the file.
        origin_s: run time of its zero.
        rows: in order of time.
    """

    name: str
    data: bytes = field(repr=False)
    program: str
    origin_s: float
    rows: tuple[ObservedRow, ...] = field(repr=False)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()

    @property
    def from_s(self) -> float:
        """Run time of the first row."""
        return self.origin_s + self.rows[0].elapsed_s

    @property
    def to_s(self) -> float:
        """Run time of the last row."""
        return self.origin_s + self.rows[-1].elapsed_s


def read_elsewhere(file: ElsewhereFile, start_unix_s: float) -> Elsewhere:
    """Read a whole file.

    Args:
        start_unix_s: of the run.

    Raises:
        ConfigMismatch: if it is of neither kind, is not whole, does not say when it was measured, is not in order, or
            has rows that are no measurement.
        OSError: if it cannot be read.
    """
    data, where = file.path.read_bytes(), str(file.path)
    if file.path.name.lower().endswith(".mpt"):
        program, started_unix_s, rows = _mpt(data, file)
    elif file.path.name.lower().endswith(".csv"):
        program = "Battery Data Format"
        started_unix_s, rows = bdf_rows(data.decode("utf-8-sig", "replace"), where)
    else:
        raise ConfigMismatch(
            "only EC-Lab text (.mpt) and Battery Data Format (.bdf.csv) are read",
            where=where,
            remedy="Let the other program export one of them.",
        )
    require_measured(rows, where)
    return Elsewhere(file.path.name, data, program, started_unix_s - start_unix_s, tuple(row for _, row in rows))


def _mpt(data: bytes, file: ElsewhereFile) -> tuple[str, float, list[tuple[int, ObservedRow]]]:
    reader, where = MptReader(), str(file.path)
    rows: list[tuple[int, ObservedRow]] = []
    for number, line in enumerate(data.split(b"\n"), 1):
        try:
            rows += [(number, row) for row in reader.feed(line + b"\n")]
        except ConfigMismatch as error:
            error.where = where
            raise
        if garbage := reader.take_garbage():
            place = f"{where}, line {number}"
            raise ConfigMismatch(f"the file is not whole: {garbage}", where=place, remedy="Export it anew.")
    if not rows:
        raise ConfigMismatch("the file has no rows", where=where, remedy="Name a file with samples.")
    if reader.started is None:
        raise ConfigMismatch(
            "the file does not say when it was measured ('Acquisition started on')",
            where=where,
            remedy="Export it with its whole header.",
        )
    program = ", ".join(part for part in (reader.program or "EC-Lab", reader.instrument) if part)
    return program, _aware(reader.started, file.time_zone).timestamp(), rows


def _aware(started: datetime, time_zone: str) -> datetime:
    if not time_zone:
        return started.astimezone()
    try:
        return started.replace(tzinfo=ZoneInfo(time_zone))
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ConfigMismatch(
            f"there is no time zone {time_zone!r}",
            remedy="Write one of the IANA names, such as Europe/Berlin or UTC.",
        ) from error
