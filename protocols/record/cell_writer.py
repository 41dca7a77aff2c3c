"""Records the cell: samples to the block log and the CSV beside it, impedance to a file for each spectrum."""

import struct

import numpy as np
from numpy.typing import NDArray

from operando.drivers.roles import IMPEDANCE_POINT, SAMPLE
from operando.protocols.record.bdf import Ambient, BdfRows, impedance_header, impedance_rows
from operando.protocols.record.block_log import encode_block
from operando.protocols.record.contents import Contents
from operando.protocols.record.durable import Disk, DurableFile

__all__ = ["CellWriter"]

_of_the_first = struct.Struct("<8xd32xI").unpack_from
"""Run time and step of the first sample of a block: a third of the time of asking its array."""


class CellWriter:
    """Appends samples and impedance; notes how much of it the contents have now."""

    def __init__(self, contents: Contents, disk: Disk) -> None:
        folder, header = contents.folder, contents.header
        self.ambient = Ambient()
        self._contents = contents
        self._disk = disk
        self._rows = BdfRows(header.start_unix_s)
        self._log = disk.open(folder / "samples.blocks")
        self._csv = disk.open(folder / f"{header.bdf_stem}_001.bdf.csv")
        self._impedance: dict[int, DurableFile] = {}

    def begin(self) -> None:
        """Write the labels of a new record."""
        self._csv.append(BdfRows.header().encode())

    def take_up(self) -> None:
        """Learn from what a reopened record has already which rows come next."""
        for samples in self._contents.samples():
            self._rows.text(samples, "")
        for row in self._contents.sensors:
            self.ambient.take(row.name, row.quantity, row.reading)

    def samples(self, block: NDArray[np.void]) -> float:
        """Record samples; the run time of the last."""
        if block.dtype is not SAMPLE and block.dtype != SAMPLE:
            raise ValueError(f"samples have dtype {block.dtype}, not SAMPLE")
        count, payload = len(block), block.tobytes()
        time_s: float
        time_s, step = _of_the_first(payload)
        self._log.append(encode_block(payload, count))
        self._contents.sample_count += count
        if count == 1 and self._rows.too_soon(time_s, step):
            return time_s
        rows = self._rows.text(block, self.ambient.columns)
        if rows:
            self._csv.append(rows.encode())
        return time_s if count == 1 else float(block["time_s"][-1])

    def impedance(self, points: NDArray[np.void], step: int, cycle: int) -> None:
        """Record points of an impedance spectrum; they are on the disk when this returns."""
        file = self._impedance.get(step) or self._open_impedance(step)
        rows = impedance_rows(points, self._contents.header.start_unix_s, step, cycle)
        file.append(rows.encode())
        file.sync()
        self._contents.impedance[step].append(_as_written(rows))

    def sync(self) -> None:
        """Put all samples on the disk."""
        self._log.sync()
        self._csv.sync()

    def close(self) -> None:
        for file in (self._log, self._csv, *self._impedance.values()):
            file.close()

    def _open_impedance(self, step: int) -> DurableFile:
        contents = self._contents
        contents.impedance.setdefault(step, [])
        number = list(contents.impedance).index(step) + 1
        file = self._disk.open(contents.folder / "eis" / f"{contents.header.bdf_stem}_eis{number:03d}.bdf.csv")
        if file.size == 0:
            file.append(impedance_header().encode())
        self._impedance[step] = file
        return file


def _as_written(rows: str) -> NDArray[np.void]:
    """What whoever reads the file finds: `run.nxs` has the same numbers, whoever makes it."""
    values = [row.split(",") for row in rows.splitlines()]
    points = [(float(row[0]), float(row[2]), float(row[3]), float(row[4]), int(row[6]), 0) for row in values]
    return np.array(points, IMPEDANCE_POINT)
