"""The writer of a record: one folder that holds everything that happened in a run."""

import importlib
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import JsonValue

from operando.drivers.links import Truth
from operando.drivers.roles import Image, Reading, Spectrum
from operando.protocols.record.availability import recorder_at_work
from operando.protocols.record.beginning import begin_folder
from operando.protocols.record.cell_writer import CellWriter
from operando.protocols.record.contents import Contents, header_values
from operando.protocols.record.derivation import Derivation
from operando.protocols.record.durable import Disk, RecordError
from operando.protocols.record.frames import FrameWriter
from operando.protocols.record.header import RunHeader
from operando.protocols.record.lines import checked_line, in_print, json_line
from operando.protocols.record.recover import recover
from operando.protocols.record.rows import FrameRow, SensorRow, SpectrumRow, csv_header, csv_line
from operando.protocols.record.spectra import SpectrumWriter
from operando.protocols.record.state import FrameState, SpectrumState
from operando.protocols.record.syncs_beside import SyncsBeside
from operando.protocols.record.truth import TruthWriter

__all__ = ["POWER_CUT_WINDOW_S", "SIMULATED_POWER_CUT_WINDOW_S", "RunRecord"]

Row = TypeVar("Row")

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
        truth: of a simulated world, to be kept with each frame and spectrum; never anything else.
        beside: for a real clock: samples, readings, events and pictures begun by `begin_images` do not wait for the
            disk, and `run.nxs` is made by another process. A power cut then takes what came in during the last window,
            and an end of a step only begins the sync. In virtual time everything is done at once, in the same order.
    """

    def __init__(self, contents: Contents, disk: Disk, truth: Truth | None = None, *, beside: bool = False) -> None:
        self.folder = folder = contents.folder
        self.header = header = contents.header
        self._window_s = SIMULATED_POWER_CUT_WINDOW_S if header.simulated else POWER_CUT_WINDOW_S
        self.disk = disk
        """What writes; a record inside this one is written by the same."""
        self._contents = contents
        self._cell = CellWriter(contents, disk)
        self._events = disk.open(folder / "events.jsonl")
        self._journal = disk.open(folder / "journal.jsonl")
        # a reader that finds it held knows that the run goes on
        self._journal.hold()
        self._sensors = disk.open(folder / "sensors.csv")
        self._frames = FrameWriter(folder, header.start_unix_s, disk, contents.frames)
        self._spectra = SpectrumWriter(folder, header, disk, contents.spectra)
        contents.frames, contents.spectra = self._frames.rows, self._spectra.rows
        self._truth = TruthWriter(folder, disk, truth)
        self._derivation = Derivation(contents, disk)
        if beside:
            importlib.import_module("h5py")  # now: the first picture would hold everything up for as long as it takes
        self._disk_thread = ThreadPoolExecutor(1, thread_name_prefix="disk") if beside else None
        self._journal_thread = ThreadPoolExecutor(1, thread_name_prefix="journal") if beside else None
        self._syncs = SyncsBeside(self._sync_files, self._window_s, self._disk_thread) if self._disk_thread else None
        self._now_s = self._synced_s = contents.end_s
        # samples have a time of their own: they arrive later than they were taken
        self._last_sample_s = self._cell_synced_s = contents.end_s
        self.phase = ""
        """Of the box's way, for every event; empty in a run without phases."""
        self._closed = False

    @classmethod
    def create(
        cls,
        folder: Path,
        header: RunHeader,
        disk: Disk | None = None,
        truth: Truth | None = None,
        *,
        beside: bool = False,
    ) -> "RunRecord":
        """Start a record in a folder that does not exist yet, or is empty.

        Raises:
            RecordError: if something is in the folder, or it cannot be written.
        """
        disk = disk or Disk()
        begin_folder(disk, folder, header)
        record = cls(Contents(folder, header), disk, truth, beside=beside)
        record._cell.begin()
        record._sensors.append(csv_header(SensorRow))
        record._journal.append(checked_line({"id": 0, "entry": "run", **header_values(header)}))
        record.sync()
        return record

    @classmethod
    def reopen(
        cls, folder: Path, disk: Disk | None = None, truth: Truth | None = None, *, beside: bool = False
    ) -> "RunRecord":
        """Go on with a record that was never closed. New pictures go into new segments.

        Raises:
            RecordError: if the record was closed, another process writes it, or it is none.
        """
        if recorder_at_work(folder):
            raise RecordError(
                "another process writes this record", where=str(folder), remedy="Resume once it has ended."
            )
        disk = disk or Disk()
        record = cls(recover(folder, disk), disk, truth, beside=beside)
        record._cell.take_up()
        entry: dict[str, JsonValue] = {"id": record._contents.last_intent, "entry": "resumed"}
        record._journal.append(checked_line({**entry, "test_time_second": record._now_s}))
        record.sync()
        return record

    def samples(self, block: NDArray[np.void]) -> None:
        """Record samples.

        Args:
            block: dtype SAMPLE, shape (n,), with the cycle filled in; in order, none missing.
        """
        if not len(block):
            return
        self._last_sample_s = last_s = self._cell.samples(block)
        if self._syncs is None and last_s - self._cell_synced_s >= self._window_s:
            self._sync_cell()
        self._passed(last_s)

    def impedance(self, points: NDArray[np.void], step: int, cycle: int) -> None:
        """Record points of an impedance spectrum (dtype IMPEDANCE_POINT); one file for each step."""
        self._require_open()
        if not len(points):
            return
        self._cell.impedance(points, step, cycle)
        self._passed(float(points["time_s"].max()))

    def image(self, image: Image, state: FrameState) -> FrameRow:
        """Record one picture; it is on the disk, with the samples before it, when this returns."""
        return self.images([(image, state)])[0]

    def images(self, pictures: Sequence[tuple[Image, FrameState]]) -> list[FrameRow]:
        """Record pictures that belong together (the detectors of one scan) with one sync for all of them."""
        return self.acknowledged(self.begin_images(pictures).result())

    def begin_images(self, pictures: Sequence[tuple[Image, FrameState]]) -> "Future[list[FrameRow]]":
        """Begin to record pictures; give `acknowledged` the rows once they are on the disk.

        Other things may be recorded meanwhile if the record writes `beside`; else this returns when they are there.
        """
        return self._begin(lambda: self._write_images(pictures))

    def acknowledged(self, rows: list[FrameRow]) -> list[FrameRow]:
        """Note that pictures are recorded; the same rows."""
        self._truth.tell("frame", rows)
        for row in rows:
            self._passed(row.end_s)
        return rows

    @property
    def writes_beside(self) -> bool:
        """Whether other things may be recorded while pictures are written."""
        return self._disk_thread is not None

    def spectrum(self, spectrum: Spectrum, state: SpectrumState) -> str:
        """Record one spectrum; it is on the disk when this returns. Its file, relative to the folder."""
        return self.recorded(self.begin_spectrum(spectrum, state).result())

    def begin_spectrum(self, spectrum: Spectrum, state: SpectrumState) -> "Future[SpectrumRow]":
        """Begin to record one spectrum; give `recorded` the row once it is on the disk. See `begin_images`."""
        return self._begin(lambda: self._spectra.write_point(spectrum, state))

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
        return self.recorded(self.begin_spectrum_map(spectra, live_time_s, real_time_s, state).result())

    def begin_spectrum_map(
        self,
        spectra: NDArray[np.uint32],
        live_time_s: NDArray[np.float64],
        real_time_s: NDArray[np.float64],
        state: SpectrumState,
    ) -> "Future[SpectrumRow]":
        """Begin to record a map; give `recorded` the row once it is on the disk. See `begin_images`."""
        return self._begin(lambda: self._spectra.write_map(spectra, live_time_s, real_time_s, state))

    def sensor(self, name: str, quantity: str, reading: Reading) -> None:
        """Record a reading of a sensor, by what it measures; `quantity` is pressure, temperature or force."""
        row = SensorRow.of(name, quantity, reading)
        self._sensors.append(csv_line(row))
        self._contents.sensors.append(row)
        self._cell.ambient.take(name, quantity, reading)
        self._passed(reading.end_s)

    def event(self, time_s: float, source: str, kind: str, message: str, **details: JsonValue) -> None:
        """Record that something happened; the message may come from people and instruments, and is kept in print."""
        unix_s = self.header.start_unix_s + time_s
        first: dict[str, JsonValue] = {"test_time_second": time_s, "unix_time_second": unix_s}
        if self.phase:
            details = {"phase": self.phase, **details}
        message = in_print(message)
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
        self._journal.append(checked_line(entry | {"instrument": instrument, "action": action, "details": details}))
        if fsync:
            self._journal.sync()
        self._passed(time_s)
        return number

    def begin_journal_sync(self) -> "Future[None]":
        """Begin to put the journal on the disk: what it announces is sent once that is done.

        Other things may be recorded meanwhile if the record writes `beside`; else this returns when it is there.
        """
        if self._journal_thread is not None:
            return self._journal_thread.submit(self._journal.sync)
        self._journal.sync()
        synced: Future[None] = Future()
        synced.set_result(None)
        return synced

    def outcome(self, intent: int, time_s: float, ok: bool, detail: str = "") -> None:
        """Write down what came of an intent."""
        entry: dict[str, JsonValue] = {"id": intent, "entry": "outcome", "test_time_second": time_s}
        self._journal.append(checked_line(entry | {"ok": ok, "detail": detail}))
        self._passed(time_s)

    def progress(self, time_s: float, what: str, **details: JsonValue) -> None:
        """Write down how far the run has come, for whoever goes on with it after a kill."""
        entry: dict[str, JsonValue] = {
            "id": self._contents.last_intent,
            "entry": "progress",
            "test_time_second": time_s,
        }
        self._journal.append(checked_line({**entry, "what": what, "details": dict(details)}))

    def step_ended(self) -> None:
        """Sync everything, and make `run.nxs` and the rest anew if the record has grown enough to be worth it.

        A `run.nxs` that another program keeps from being replaced stays as it is until the next time; an event says so.
        """
        self._require_open()
        if self._syncs is not None:
            self._syncs.begin(self._now_s, self._last_sample_s)
            self._tell_of_derivation()
            if self._derivation.due:
                self._derivation.begin(first=self._sync_files)
            return
        self.sync()
        if not self._derivation.due:
            return
        try:
            self._derivation.make()
        except RecordError as error:
            self.event(self._now_s, "record", "not replaced", str(error))

    def sync(self) -> None:
        """Put everything recorded so far on the disk."""
        if self._syncs is not None:
            self._syncs.wait()
        self._sync_files()
        self._cell_synced_s = self._last_sample_s
        self._synced_s = self._now_s

    def complete(self) -> None:
        """Everything that was recorded is on the disk, and everything derived is of all of it; the record stays open.

        Raises:
            RecordError: if that fails. What was recorded is safe.
        """
        self._derivation.end_apart()
        self._wait_for_pictures()
        self.sync()
        self._derivation.make()

    def close(self, outcome: str) -> None:
        """End the record. The folder is complete and is never modified afterwards; a second call does nothing.

        Raises:
            RecordError: if it cannot be completed. What was recorded is safe, and `close` may be called again.
        """
        if self._closed:
            return
        self._derivation.end_apart()
        self._wait_for_pictures()
        if self._contents.outcome is None:
            self.event(self._now_s, "record", "closed", outcome)
            self._contents.outcome = outcome
        self.sync()
        self._derivation.make()
        self._derivation.seal()
        self.release()
        self._closed = True

    def release(self) -> None:
        """Let go of the files of a record that is not to be closed, as a kill would."""
        if self._closed:
            return
        self._derivation.end_apart()
        for thread in (self._disk_thread, self._journal_thread):
            if thread is not None:
                thread.shutdown(wait=True)
        for part in (self._events, self._journal, self._sensors, self._cell, self._truth, self._frames, self._spectra):
            part.close()
        self._closed = True

    def _wait_for_pictures(self) -> None:
        """What was begun beside belongs to the record: nothing is derived or sealed before it is there."""
        if self._disk_thread is not None:
            self._disk_thread.submit(lambda: None).result()

    def _require_open(self) -> None:
        if self._closed:
            raise RecordError("the record is closed and is never modified", where=str(self.folder))

    def _begin(self, write: Callable[[], Row]) -> "Future[Row]":
        self._require_open()
        if self._disk_thread is not None:
            return self._disk_thread.submit(write)
        written: Future[Row] = Future()
        written.set_result(write())
        return written

    def recorded(self, row: SpectrumRow) -> str:
        """Note that spectra are recorded; their file, relative to the folder."""
        self._truth.tell("spectrum", [row])
        self._passed(row.end_s)
        return row.file

    def _write_images(self, pictures: Sequence[tuple[Image, FrameState]]) -> list[FrameRow]:
        self._sync_cell()
        return self._frames.write(pictures)

    def _sync_cell(self) -> None:
        last_s = self._last_sample_s
        self._cell.sync()
        self._cell_synced_s = last_s

    def _sync_files(self) -> None:
        self._sensors.sync()
        self._cell.sync()
        self._truth.sync()
        self._events.sync()
        self._journal.sync()

    def _passed(self, time_s: float) -> None:
        if time_s > self._now_s:
            self._now_s = self._contents.end_s = time_s
        if self._syncs is not None:
            self._syncs.recorded(self._now_s, self._last_sample_s)
            self._tell_of_derivation()
        elif self._now_s - self._synced_s >= self._window_s:
            self.sync()

    def _tell_of_derivation(self) -> None:
        failure = self._derivation.failure()
        if failure:
            self.event(self._now_s, "record", "not replaced", failure)
