"""The writer of a record: one folder that holds everything that happened in a run."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import JsonValue

from operando.drivers.roles import SAMPLE, Image, Reading, Spectrum
from operando.protocols.record.bdf import Ambient, BdfRows, impedance_header, impedance_rows
from operando.protocols.record.block_log import encode_block
from operando.protocols.record.checksums import sums_of, write_sums
from operando.protocols.record.contents import Contents, header_values
from operando.protocols.record.crate import CRATE, crate_text
from operando.protocols.record.durable import PART, Disk, DurableFile, RecordError
from operando.protocols.record.environment import environment_text
from operando.protocols.record.frames import FrameWriter
from operando.protocols.record.header import RunHeader, name_for_files
from operando.protocols.record.lines import checked_line, json_line
from operando.protocols.record.nexus import write_nexus
from operando.protocols.record.parquet import write_parquet
from operando.protocols.record.recover import recover
from operando.protocols.record.rows import FrameRow, SensorRow, csv_header, csv_line
from operando.protocols.record.spectra import SpectrumWriter
from operando.protocols.record.state import FrameState, SpectrumState

__all__ = ["POWER_CUT_WINDOW_S", "SIMULATED_POWER_CUT_WINDOW_S", "RunRecord"]

POWER_CUT_WINDOW_S = 1.0
"""Run time whose samples, readings and events a power cut may take. A kill of the process takes nothing."""
SIMULATED_POWER_CUT_WINDOW_S = 600.0
"""The same in virtual time, where a second passes in microseconds and a sync in each would be most of the work."""


class RunRecord:
    """Writes the record of one run. Call it from one thread.

    Every call that returns has handed its data to the operating system in one write: a kill of the process at any
    moment loses nothing of it. A power cut loses no picture, no spectrum and no journal entry that asked to be synced;
    of samples, readings and events it may take the last `POWER_CUT_WINDOW_S` of run time (in simulated runs
    `SIMULATED_POWER_CUT_WINDOW_S`). Samples are synced before each picture, at each end of a step, and at the close.

    Args:
        contents: what is recorded already; see `create` and `reopen`.
        disk: what writes.
    """

    def __init__(self, contents: Contents, disk: Disk) -> None:
        self.folder = folder = contents.folder
        self.header = header = contents.header
        self._disk = disk
        self._window_s = SIMULATED_POWER_CUT_WINDOW_S if header.simulated else POWER_CUT_WINDOW_S
        self._contents = contents
        self._ambient = Ambient()
        self._rows = BdfRows(header.start_unix_s)
        self._log = disk.open(folder / "samples.blocks")
        self._csv = disk.open(folder / f"{header.bdf_stem}_001.bdf.csv")
        self._events = disk.open(folder / "events.jsonl")
        self._journal = disk.open(folder / "journal.jsonl")
        self._sensors = disk.open(folder / "sensors.csv")
        self._frames = FrameWriter(folder, header.start_unix_s, disk, contents.frames)
        self._spectra = SpectrumWriter(folder, header, disk, contents.spectra)
        self._impedance: dict[int, DurableFile] = {}
        self._now_s = self._synced_s = contents.end_s
        # samples have a time of their own: they arrive later than they were taken
        self._last_sample_s = self._cell_synced_s = contents.end_s
        self._changed = True
        self._closed = False

    @classmethod
    def create(cls, folder: Path, header: RunHeader, disk: Disk | None = None) -> "RunRecord":
        """Start a record in a folder that does not exist yet, or is empty.

        Raises:
            RecordError: if something is in the folder, or it cannot be written.
        """
        disk = disk or Disk()
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise RecordError(
                "the folder of the record is not empty", where=str(folder), remedy="Name a new folder for each run."
            )
        for place in (folder, folder / "images", folder / "spectra", folder / "eis"):
            disk.make_folder(place)
        disk.write_whole(folder / "protocol.yaml", header.protocol_text.encode())
        disk.write_whole(folder / "bench.yaml", header.bench_text.encode())
        disk.write_whole(folder / "environment.txt", environment_text().encode())
        disk.write_whole(folder / "cellpy_bdf.yml", Path(__file__).with_name("cellpy_bdf.yml").read_bytes())
        if header.attachments:
            disk.make_folder(folder / "attachments")
        for name, text in header.attachments.items():
            disk.write_whole(folder / "attachments" / name_for_files(name), text.encode())
        record = cls(Contents(folder, header), disk)
        record._csv.append(BdfRows.header().encode())
        record._sensors.append(csv_header(SensorRow))
        record._journal.append(checked_line({"id": 0, "entry": "run", **header_values(header)}))
        record.sync()
        return record

    @classmethod
    def reopen(cls, folder: Path, disk: Disk | None = None) -> "RunRecord":
        """Go on with a record that was never closed. New pictures go into new segments.

        Raises:
            RecordError: if the record was closed, or is none.
        """
        disk = disk or Disk()
        record = cls(recover(folder, disk), disk)
        record._rows.text(record._contents.samples().tolist(), "")
        for row in record._contents.sensors:
            record._ambient.take(row.name, row.quantity, row.reading)
        entry: dict[str, JsonValue] = {"id": record._contents.last_intent, "entry": "resumed"}
        record._journal.append(checked_line({**entry, "test_time_second": record._now_s}))
        record.sync()
        return record

    def samples(self, block: NDArray[np.void]) -> None:
        """Record samples.

        Args:
            block: dtype SAMPLE, shape (n,), with the cycle filled in; in order, none missing.
        """
        tuples = block.tolist()
        if not tuples:
            return
        if block.dtype != SAMPLE:
            raise ValueError(f"samples have dtype {block.dtype}, not SAMPLE")
        payload = block.tobytes()
        self._log.append(encode_block(payload, len(tuples), tuples[0][0]))
        self._contents.raw_samples += payload
        rows = self._rows.text(tuples, self._ambient.columns)
        if rows:
            self._csv.append(rows.encode())
        self._last_sample_s = last_s = tuples[-1][1]
        if last_s - self._cell_synced_s >= self._window_s:
            self._sync_cell()
        self._passed(last_s)

    def impedance(self, points: NDArray[np.void], step: int, cycle: int) -> None:
        """Record points of an impedance spectrum (dtype IMPEDANCE_POINT); one file for each step."""
        self._require_open()
        if not len(points):
            return
        file = self._impedance.get(step) or self._open_impedance(step)
        file.append(impedance_rows(points, self.header.start_unix_s, step, cycle).encode())
        file.sync()
        self._contents.impedance[step].append(points.copy())
        self._passed(float(points["time_s"].max()))

    def image(self, image: Image, state: FrameState) -> FrameRow:
        """Record one picture; it is on the disk, with the samples before it, when this returns."""
        return self.images([(image, state)])[0]

    def images(self, pictures: Sequence[tuple[Image, FrameState]]) -> list[FrameRow]:
        """Record pictures that belong together (the detectors of one scan) with one sync for all of them."""
        self._require_open()
        self._sync_cell()
        rows = self._frames.write(pictures)
        for row in rows:
            self._passed(row.end_s)
        return rows

    def spectrum(self, spectrum: Spectrum, state: SpectrumState) -> str:
        """Record one spectrum; it is on the disk when this returns. Its file, relative to the folder."""
        self._require_open()
        row = self._spectra.write_point(spectrum, state)
        self._passed(row.end_s)
        return row.file

    def spectrum_map(
        self,
        spectra: NDArray[np.uint32],
        live_time_s: NDArray[np.float64],
        real_time_s: NDArray[np.float64],
        state: SpectrumState,
    ) -> str:
        """Record a map of spectra (y, x, channels) with the times of its points (y, x), seconds.

        It is on the disk when this returns. Its file, relative to the folder.
        """
        self._require_open()
        row = self._spectra.write_map(spectra, live_time_s, real_time_s, state)
        self._passed(row.end_s)
        return row.file

    def sensor(self, name: str, quantity: str, reading: Reading) -> None:
        """Record a reading of a sensor, by the name of what it measures; `quantity` is pressure or temperature."""
        row = SensorRow.of(name, quantity, reading)
        self._sensors.append(csv_line(row))
        self._contents.sensors.append(row)
        self._ambient.take(name, quantity, reading)
        self._passed(reading.end_s)

    def event(self, time_s: float, source: str, kind: str, message: str, **details: JsonValue) -> None:
        """Record that something happened."""
        unix_s = self.header.start_unix_s + time_s
        first: dict[str, JsonValue] = {"test_time_second": time_s, "unix_time_second": unix_s}
        self._events.append(json_line({**first, "source": source, "kind": kind, "message": message, **details}))
        self._contents.events.append((time_s, f"{source}: {kind}: {message}"))
        self._passed(time_s)

    def intent(self, time_s: float, instrument: str, action: str, fsync: bool = False, **details: JsonValue) -> int:
        """Write down a command with an effect before it is sent. The number to give to `outcome`.

        Args:
            fsync: whether the entry must survive a power cut (output on, high voltage on, step start, vent, door).
        """
        number = self._contents.last_intent = self._contents.last_intent + 1
        entry: dict[str, JsonValue] = {"id": number, "entry": "intent", "test_time_second": time_s}
        self._journal.append(
            checked_line({**entry, "instrument": instrument, "action": action, "details": dict(details)})
        )
        if fsync:
            self._journal.sync()
        self._passed(time_s)
        return number

    def outcome(self, intent: int, time_s: float, ok: bool, detail: str = "") -> None:
        """Write down what came of an intent."""
        entry: dict[str, JsonValue] = {"id": intent, "entry": "outcome", "test_time_second": time_s}
        self._journal.append(checked_line({**entry, "ok": ok, "detail": detail}))
        self._passed(time_s)

    def step_ended(self) -> None:
        """Sync everything and make `run.nxs` and the Parquet file anew, if there is anything new.

        A `run.nxs` that another program keeps from being replaced stays as it is until the next time; an event says so.
        """
        self._require_open()
        self.sync()
        if not self._changed:
            return
        try:
            self._derive()
        except RecordError as error:
            self.event(self._now_s, "record", "not replaced", str(error))

    def sync(self) -> None:
        """Put everything recorded so far on the disk."""
        self._sensors.sync()
        self._sync_cell()
        self._events.sync()
        self._journal.sync()
        self._synced_s = self._now_s

    def close(self, outcome: str) -> None:
        """End the record. The folder is complete and is never modified afterwards; a second call does nothing.

        Raises:
            RecordError: if it cannot be completed. What was recorded is safe, and `close` may be called again.
        """
        if self._closed:
            return
        if self._contents.outcome is None:
            self.event(self._now_s, "record", "closed", outcome)
            self._contents.outcome = outcome
        self.sync()
        self._derive()
        for left_over in sorted(self.folder.rglob(f"*{PART}")):
            self._disk.remove(left_over)
        self._seal()
        self.release()
        self._closed = True

    def release(self) -> None:
        """Let go of the files of a record that is not to be closed, as a kill would."""
        if self._closed:
            return
        files = (self._log, self._csv, self._events, self._journal, self._sensors, *self._impedance.values())
        for file in files:
            file.close()
        self._frames.close()
        self._spectra.close()
        self._closed = True

    def _require_open(self) -> None:
        if self._closed:
            raise RecordError("the record is closed and is never modified", where=str(self.folder))

    def _open_impedance(self, step: int) -> DurableFile:
        self._contents.impedance.setdefault(step, [])
        number = list(self._contents.impedance).index(step) + 1
        file = self._disk.open(self.folder / "eis" / f"{self.header.bdf_stem}_eis{number:03d}.bdf.csv")
        if file.size == 0:
            file.append(impedance_header().encode())
        self._impedance[step] = file
        return file

    def _sync_cell(self) -> None:
        self._log.sync()
        self._csv.sync()
        self._cell_synced_s = self._last_sample_s

    def _passed(self, time_s: float) -> None:
        self._changed = True
        self._now_s = max(self._now_s, time_s)
        if self._now_s - self._synced_s >= self._window_s:
            self.sync()

    def _seal(self) -> None:
        """Describe every file, then write the sums: the last file of all."""
        sums = sums_of(self.folder)
        sums.pop(CRATE, None)
        crate = crate_text(self._contents, sums).encode()
        self._disk.write_whole(self.folder / CRATE, crate)
        write_sums(self._disk, self.folder, {**sums, CRATE: hashlib.sha256(crate).hexdigest()})

    def _derive(self) -> None:
        """Make everything that is derived from the log and the rows."""
        contents = self._contents
        contents.frames, contents.spectra = self._frames.rows, self._spectra.rows
        contents.counts |= self._spectra.counts
        contents.end_s = self._now_s
        write_nexus(self._disk, contents)
        write_parquet(self._disk, contents)
        self._changed = False
