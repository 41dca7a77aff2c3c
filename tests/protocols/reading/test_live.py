"""A reader that looks at every moment of the writing sees only what is there, and in the end all of it."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from support.made_up_run import run_header, sample_block
from support.recorded_run import MINUTES, recording, scan_of

from operando.protocols import open_run
from operando.protocols.reading import Run, RunStatus
from operando.protocols.record import RunRecord
from operando.protocols.record.durable import Disk, DurableFile

WHOLE = sample_block(0, MINUTES * 60)
PIXELS = [image.pixels for minute in range(MINUTES) for image, _ in scan_of(minute)]


class _WatchedFile(DurableFile):
    def __init__(self, path: Path, seen: Callable[[], None]) -> None:
        super().__init__(path)
        self._seen = seen

    def append(self, data: bytes) -> None:
        """Others may see the first half of a write before the second."""
        self._seen()
        super().append(data[: len(data) // 2])
        self._seen()
        super().append(data[len(data) // 2 :])
        self._seen()

    def write_at(self, data: bytes | memoryview, offset: int) -> None:
        self._seen()
        super().write_at(data, offset)
        self._seen()

    def sync(self) -> None:
        self._seen()
        super().sync()


class _WatchedDisk(Disk):
    """Somebody looks before and after everything that happens on it."""

    def __init__(self, seen: Callable[[], None]) -> None:
        self._seen = seen

    def open(self, path: Path) -> DurableFile:
        return _WatchedFile(path, self._seen)

    def publish(self, temporary: Path, path: Path) -> None:
        self._seen()
        super().publish(temporary, path)
        self._seen()


class _Reader:
    """Opens the run as soon as it can be, and insists on what it sees."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: Run | None = None
        self._verified = 0
        self.looks = 0

    def look(self) -> None:
        journal = self._folder / "journal.jsonl"
        if not journal.exists() or b"\n" not in journal.read_bytes():
            return
        self.looks += 1
        if self._known is None:
            self._known = open_run(self._folder)
        run = self._known
        run.refresh()
        assert np.array_equal(run.samples, WHOLE[: len(run.samples)])
        for frame in run.frames[self._verified :]:
            assert np.array_equal(frame.verified_pixels(), PIXELS[frame.number - 1])
            assert not np.isnan(frame.lines()["voltage_V"]).any()
        self._verified = len(run.frames)
        for spectrum in run.spectra:
            spectrum.verify()
            assert spectrum.counts.shape == spectrum.shape
        assert all(event.kind for event in run.events)
        assert len(run.sensor_rows) <= MINUTES

    @property
    def run(self) -> Run:
        assert self._known is not None
        return self._known


def test_at_every_moment(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    reader = _Reader(folder)
    record = RunRecord.create(folder, run_header(), _WatchedDisk(reader.look))
    for _ in recording(record):
        reader.look()
        assert reader.run.status is RunStatus.RUNNING
    record.close("completed")
    reader.look()
    assert reader.looks > 200
    assert reader.run.outcome == "completed"
    assert (len(reader.run.samples), len(reader.run.frames), len(reader.run.spectra)) == (360, 12, 2)


def test_refresh_says_whether_there_was_anything(tmp_path: Path) -> None:
    record = RunRecord.create(tmp_path / "run", run_header())
    run = open_run(tmp_path / "run")
    assert len(run.samples) == 0
    assert not run.refresh()
    record.samples(sample_block(0, 10))
    assert len(run.samples) == 0
    before = run.samples
    assert run.refresh()
    assert not run.refresh()
    assert (len(before), len(run.samples)) == (0, 10)
    record.release()


def test_only_new_bytes_are_read(tmp_path: Path) -> None:
    """What was read already may be destroyed behind the reader's back: it is not looked at again."""
    folder = tmp_path / "run"
    record = RunRecord.create(folder, run_header())
    run = open_run(folder)
    record.samples(sample_block(0, 100))
    assert len(run.samples) == 100
    with (folder / "samples.blocks").open("r+b") as log:
        log.write(bytes(1000))
    record.samples(sample_block(100, 10))
    record.release()
    assert run.refresh()
    assert np.array_equal(run.samples, WHOLE[:110])


def test_a_writer_that_cut_its_file_back_is_followed(tmp_path: Path) -> None:
    """A disk that fills up in the middle of several rows: the reader has seen some that are gone."""
    folder = tmp_path / "run"
    record = RunRecord.create(folder, run_header())
    record.images(scan_of(0))
    run = open_run(folder)
    assert len(run.frames) == 2
    index = folder / "frames.csv"
    lines = index.read_bytes().splitlines(keepends=True)
    index.write_bytes(b"".join(lines[:2]))
    run.refresh()
    assert [frame.number for frame in run.frames] == [1]
    index.write_bytes(b"".join([lines[0], lines[2], lines[2], lines[2]]))
    run.refresh()
    assert [frame.number for frame in run.frames] == [2, 2, 2]
    record.release()


@pytest.mark.parametrize("close", [True, False], ids=["closed", "killed"])
def test_what_became_of_it(tmp_path: Path, close: bool) -> None:
    record = RunRecord.create(tmp_path / "run", run_header())
    run = open_run(tmp_path / "run")
    assert (run.status, run.outcome) == (RunStatus.RUNNING, "still running")
    if close:
        record.close("interrupted")
    else:
        record.release()
    run.refresh()
    assert run.outcome == ("interrupted" if close else "was killed")


def test_from_another_process(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    record = RunRecord.create(folder, run_header())
    record.samples(sample_block(0, 60))
    record.images(scan_of(0))
    code = (
        "import sys; from operando.protocols import open_run; run = open_run(sys.argv[1]); "
        "print(run.status, len(run.samples), len(run.frames), int(run.frames[0].verified_pixels().sum()))"
    )
    done = subprocess.run([sys.executable, "-c", code, folder], capture_output=True, text=True, check=True)
    record.release()
    assert done.stdout.strip() == f"still running 60 2 {int(PIXELS[0].sum())}"
