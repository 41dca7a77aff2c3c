"""Reads a record, running, closed or killed: only what was acknowledged, and all of it."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import JsonValue

from operando.protocols.record.block_log import in_order_of_time, read_log
from operando.protocols.record.contents import header_from
from operando.protocols.record.durable import RecordError, missing_part
from operando.protocols.record.header import RunHeader
from operando.protocols.record.lines import read_checked_lines, read_first_checked_line, read_json_lines
from operando.protocols.record.rows import FrameRow, SensorRow, SpectrumRow, read_rows
from operando.protocols.record.schema import require_known_schema

__all__ = [
    "load_pixels",
    "open_samples",
    "read_events",
    "read_frames",
    "read_header",
    "read_journal",
    "read_sensors",
    "read_spectra",
]


def read_header(folder: Path) -> RunHeader:
    """What was known when the run started.

    Raises:
        RecordError: if the folder is no record, its journal does not begin with the run, or it is of a newer schema.
    """
    entry = read_first_checked_line(_file(folder, "journal.jsonl"))
    if entry.get("entry") != "run":
        raise RecordError("the journal does not begin with the run", where=str(folder))
    require_known_schema(entry, str(folder))
    values = {key: value for key, value in entry.items() if key not in ("id", "entry")}
    protocol_text, bench_text = (_part(folder, name).read_bytes().decode() for name in ("protocol.yaml", "bench.yaml"))
    return header_from(values, protocol_text, bench_text)


def open_samples(folder: Path) -> NDArray[np.void]:
    """All samples that are intact in the log, dtype SAMPLE, shape (n,), in order of time.

    In a run that was resumed, samples that the instrument kept while nobody listened stand later in the log.
    """
    return in_order_of_time(read_log(_part(folder, "samples.blocks")).samples)


def read_frames(folder: Path) -> list[FrameRow]:
    """All acknowledged frames in the order in which they were recorded."""
    return list(read_rows(_part(folder, "frames.csv"), FrameRow))


def read_spectra(folder: Path) -> list[SpectrumRow]:
    """All acknowledged spectra and maps in the order in which they were recorded."""
    return list(read_rows(_part(folder, "spectra.csv"), SpectrumRow))


def read_sensors(folder: Path) -> list[SensorRow]:
    """All readings of sensors."""
    return list(read_rows(_part(folder, "sensors.csv"), SensorRow))


def read_events(folder: Path) -> list[dict[str, JsonValue]]:
    """All events."""
    return read_json_lines(_part(folder, "events.jsonl"))


def read_journal(folder: Path) -> list[dict[str, JsonValue]]:
    """All entries of the journal: the run, then intents and their outcomes.

    Raises:
        RecordError: if the checksum of an entry is wrong.
    """
    return read_checked_lines(_file(folder, "journal.jsonl"))


def load_pixels(folder: Path, row: FrameRow) -> NDArray[np.uint8] | NDArray[np.uint16]:
    """The pixels of a frame, shape (height, width), read at their offset without HDF5.

    Raises:
        RecordError: if they are not all there.
    """
    with _part(folder, row.file).open("rb") as file:
        file.seek(row.offset)
        data = file.read(row.bytes)
    if len(data) != row.bytes:
        raise RecordError("the file ends before the pixels of the frame do", where=row.file)
    pixels: NDArray[np.uint8] | NDArray[np.uint16] = np.frombuffer(data, np.dtype(row.dtype).newbyteorder("<"))
    return pixels.reshape(row.height, row.width)


def _part(folder: Path, name: str) -> Path:
    """A file that a record has once its journal has begun."""
    path = folder / name
    if not path.is_file():
        raise missing_part(folder, name)
    return path


def _file(folder: Path, name: str) -> Path:
    path = folder / name
    if not path.is_file():
        raise RecordError(f"there is no {name}", where=str(folder), remedy="Name the folder of a run.")
    return path
