"""Checks the samples: the log by its checksums and sequence numbers, the CSV against the log."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from operando.protocols.record.bdf import AMBIENT_LABELS, Ambient, BdfRows
from operando.protocols.record.block_log import read_log
from operando.protocols.record.findings import Findings
from operando.protocols.record.reader import read_sensors

__all__ = ["check_samples"]


def check_samples(found: Findings) -> None:
    """Check log and CSV; the samples that are intact stay in the findings."""
    path = found.folder / "samples.blocks"
    log = read_log(path)
    found.samples = log.samples
    data = path.read_bytes() if log.damage else b""
    lost = False
    for offset, count in log.damage:
        if not any(data[offset : offset + count]):
            lost = True
            found.unfinished(path.name, f"{count} bytes at {offset} never reached the disk")
        elif offset + count == log.size:
            found.unfinished(path.name, f"the last {count} bytes are no whole block")
        else:
            found.wrong(path.name, f"{count} bytes at {offset} are no block with a right checksum")
    _check_sequence(found, found.unfinished if lost else found.wrong)
    _check_csv(found, log.samples[: log.before_damage])


def _check_sequence(found: Findings, missing: Callable[[str, str], None]) -> None:
    """Numbers run without a gap; they begin anew at 0 when a run is resumed."""
    anew = 0
    sequence = found.samples["sequence"].astype(np.int64)
    for index in np.flatnonzero(np.diff(sequence) != 1):
        one, other = int(sequence[index]), int(sequence[index + 1])
        if other > one + 1:
            missing("samples.blocks", f"samples {one + 1} to {other - 1} are missing")
        elif other == 0 and anew < found.resumed:
            anew += 1
            found.note(f"samples.blocks: the numbers begin anew after sample {one}: the run was resumed")
        else:
            found.wrong("samples.blocks", f"sample {other} follows sample {one}")


def _check_csv(found: Findings, samples: NDArray[np.void]) -> None:
    name = f"{found.header.bdf_stem}_001.bdf.csv"
    data = (found.folder / name).read_bytes()
    complete = data[: data.rfind(b"\n") + 1]
    if b"\0" in complete:
        complete = complete[: complete.index(b"\0")]
    if len(complete) < len(data):
        found.unfinished(name, "its end is torn")
    header, *rows = complete.decode().splitlines() or [""]
    if f"{header}\n" != BdfRows.header():
        found.wrong(name, "the labels are not those of the format")
    expected = BdfRows(found.header.start_unix_s).text(samples, "").splitlines()
    allowed = _known_ambients(found)
    for number, (row, wanted) in enumerate(zip(rows, expected, strict=False), 2):
        values, *ambient = row.rsplit(",", len(AMBIENT_LABELS))
        if f"{values}," != wanted:
            found.wrong(name, f"line {number} is not what the log says: {row}")
            break
        strange = [text for text, known in zip(ambient, allowed, strict=True) if text not in known]
        if strange:
            found.unfinished(name, f"line {number} has an ambient value that no sensor gave: {strange[0]}")
            break
    if len(rows) != len(expected):
        found.unfinished(name, f"has {len(rows)} rows where the log makes {len(expected)}")


def _known_ambients(found: Findings) -> list[set[str]]:
    ambient = Ambient()
    known: list[set[str]] = [{""} for _ in AMBIENT_LABELS]
    for row in read_sensors(found.folder):
        ambient.take(row.name, row.quantity, row.reading)
        for text, values in zip(ambient.columns.split(","), known, strict=True):
            values.add(text)
    return known
