"""Takes up a record that was never closed: cuts torn ends off and reads what is there."""

import csv
import io
from pathlib import Path

import numpy as np

from operando.drivers.roles import IMPEDANCE_POINT
from operando.protocols.record.availability import is_closed
from operando.protocols.record.bdf import BdfRows
from operando.protocols.record.block_log import read_log
from operando.protocols.record.contents import Contents
from operando.protocols.record.durable import Disk, RecordError
from operando.protocols.record.reader import (
    read_events,
    read_frames,
    read_header,
    read_journal,
    read_sensors,
    read_spectra,
)
from operando.protocols.record.seal import unseal
from operando.protocols.record.truth import TRUTH

__all__ = ["read_rows_into", "recover"]

_LINE_FILES = ("events.jsonl", "journal.jsonl", "sensors.csv", "frames.csv", "spectra.csv")


def recover(folder: Path, disk: Disk) -> Contents:
    """Bring a record that was killed into order, and read it. Nothing that was acknowledged is touched.

    Raises:
        RecordError: if the record was closed, or is none.
    """
    if is_closed(folder):
        raise RecordError(
            "the record is closed and is never modified", where=str(folder), remedy="Start a new run in a new folder."
        )
    contents = Contents(folder, read_header(folder))
    unseal(contents, disk)
    for path in [*(folder / name for name in _LINE_FILES), *sorted(folder.glob("eis/*.csv")), *folder.glob(TRUTH)]:
        _cut_to_last_line(disk, path)
    _recover_samples(disk, contents)
    read_rows_into(contents)
    contents.last_intent = max((int(str(entry["id"])) for entry in read_journal(folder)), default=0)
    contents.end_s = _latest(contents)
    return contents


def read_rows_into(contents: Contents) -> None:
    """Read everything but the samples, as far as it is complete."""
    folder = contents.folder
    contents.frames, contents.spectra = read_frames(folder), read_spectra(folder)
    contents.sensors = read_sensors(folder)
    _read_impedance(contents)
    for event in read_events(folder):
        time_s = float(str(event["test_time_second"]))
        contents.events.append((time_s, f"{event['source']}: {event['kind']}: {event['message']}"))


def _cut_to_last_line(disk: Disk, path: Path) -> None:
    data = path.read_bytes()
    _cut(disk, path, data.rfind(b"\n") + 1, len(data))


def _cut(disk: Disk, path: Path, size: int, present: int) -> None:
    if size < present:
        file = disk.open(path)
        file.cut(size)
        file.sync()
        file.close()


def _recover_samples(disk: Disk, contents: Contents) -> None:
    """Cut the torn block off, and give the CSV the rows that it should have."""
    path = contents.folder / "samples.blocks"
    log = read_log(path)
    if log.damage and sum(log.damage[-1]) == log.size:
        _cut(disk, path, log.damage[-1][0], log.size)
    contents.sample_count = len(log.samples)
    if len(log.samples):
        contents.end_s = float(log.samples["time_s"][-1])
    csv_path = contents.folder / f"{contents.header.bdf_stem}_001.bdf.csv"
    _cut_to_last_line(disk, csv_path)
    rows = csv_path.read_bytes().count(b"\n") - 1
    file = disk.open(csv_path)
    if rows < 0:
        file.append(BdfRows.header().encode())
    expected = BdfRows(contents.header.start_unix_s).text(log.samples, ",,").splitlines(keepends=True)
    missing = "".join(expected[max(rows, 0) :])
    if missing:
        file.append(missing.encode())
    file.sync()
    file.close()


def _read_impedance(contents: Contents) -> None:
    for path in sorted(contents.folder.glob("eis/*.csv")):
        text = path.read_text(encoding="utf-8")
        for row in csv.DictReader(io.StringIO(text[: text.rfind("\n") + 1])):
            values = (
                float(row["Test Time / s"]),
                float(row["Frequency / Hz"]),
                float(row["Real Impedance / ohm"]),
                float(row["Imaginary Impedance / ohm"]),
                int(row["Step Count / 1"]),
                0,
            )
            contents.impedance.setdefault(values[4], []).append(np.array([values], IMPEDANCE_POINT))


def _latest(contents: Contents) -> float:
    times_s = [contents.end_s, *(time_s for time_s, _ in contents.events)]
    times_s += [row.end_s for row in contents.sensors] + [row.end_s for row in contents.frames]
    times_s += [row.end_s for row in contents.spectra]
    return max(times_s)
