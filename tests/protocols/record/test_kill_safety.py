"""Kill the recorder after every single operation, cut the power after any, and read what is left with plain tools.

The story is recorded in both ways: everything at once, as in virtual time, and beside, as under a real clock, with the
syncs of the disk thread as late as they can be. Half way the record is let go of and taken up again. A sample of the
moments runs by default; `OPERANDO_FULL=1` runs all of them, with more throws of the dice.
"""

import json
import os
import random
import struct
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from pathlib import Path, PurePath

import h5py
import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from support.late_executor import LateExecutor
from support.made_up_run import sample_block
from support.mortal_disk import MortalDisk, after_kill, after_power_cut
from support.recorded_story import BLOCK, BLOCKS, EVERY_S, Story

from operando.drivers.roles import SAMPLE
from operando.protocols.record import POWER_CUT_WINDOW_S, verify_record
from operando.protocols.record.derivation import Derivation
from operando.protocols.record.derivation_apart import DerivationApart
from operando.protocols.record.extent import Extent

FULL = os.environ.get("OPERANDO_FULL") == "1"


@pytest.fixture(scope="module", params=[False, True], ids=["at once", "beside"])
def story(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    disk = MortalDisk(tmp_path_factory.mktemp("story") / "run")

    def begin(_: DerivationApart, extent: Extent, first: Callable[[], None]) -> Future[None]:
        """Make through this disk what the other process makes: the same bytes, as test_derivation_apart.py shows."""
        first()
        Derivation(Extent.read(extent.line).contents(), disk).make()
        done: Future[None] = Future()
        done.set_result(None)
        return done

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("operando.protocols.record.writer.ThreadPoolExecutor", LateExecutor)
        patch.setattr(DerivationApart, "begin", begin)
        yield Story(disk, beside=request.param)


def rebuild(files: dict[str, bytearray], folder: Path, before: dict[str, bytes]) -> None:
    """Bring a folder to hold exactly these files; `before` is what it holds."""
    for name in before.keys() - files.keys():
        (folder / name).unlink()
        del before[name]
    for name, content in files.items():
        if before.get(name) != bytes(content):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
            before[name] = bytes(content)


def log_samples(path: Path) -> NDArray[np.void]:
    """The samples of a log by the words of its format, without the reader of operando."""
    data, offset, pieces = path.read_bytes(), 0, []
    while (offset := data.find(b"OPBLOCK1", offset)) >= 0 and offset + 32 <= len(data):
        size, count, first, crc, zero = struct.unpack_from("<IIQII", data, offset + 8)
        payload = data[offset + 32 : offset + 32 + size]
        if len(payload) == size == count * 64 and zlib.crc32(data[offset : offset + 24] + payload) == crc:
            pieces.append(np.frombuffer(payload, SAMPLE))
            assert (pieces[-1]["sequence"][0], zero) == (first, 0)
            offset += size
        offset += 8
    return np.concatenate(pieces) if pieces else np.empty(0, SAMPLE)


def csv_rows(path: Path) -> list[dict[str, str]]:
    """All rows as pandas reads them, with nothing done to the file; the last one may be torn."""
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
    except pd.errors.EmptyDataError:
        return []
    return [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]


def frame_rows(folder: Path) -> dict[str, dict[str, str]]:
    path = folder / "frames.csv"
    rows: dict[str, dict[str, str]] = {}
    for row in csv_rows(path) if path.exists() else []:
        rows.setdefault(row["number"], row)  # the torn end of frame 17 may look like frame 1
    return rows


def check_samples(story: Story, folder: Path, told: Iterable[object], window_s: float) -> None:
    """No sample that was acknowledged is missing or wrong, in log or CSV, but for the window."""
    last = max((int(str(number)) for number in told), default=-1)
    safe = story.safe(last, window_s)
    if safe < 0:
        return
    expected = sample_block(0, BLOCKS * BLOCK, EVERY_S)
    found = log_samples(folder / "samples.blocks")
    assert found[: safe + 1].tolist() == expected[: safe + 1].tolist()
    rows = csv_rows(next(folder.glob("*_001.bdf.csv")))
    assert len(rows) > safe
    for row, sample in zip(rows[: safe + 1], expected, strict=False):
        assert float(row["Test Time / s"]) == pytest.approx(float(sample["time_s"]), abs=1e-6)
        assert float(row["Voltage / V"]) == pytest.approx(float(sample["voltage_V"]), abs=1e-8)


def check_frames(story: Story, folder: Path, told: Iterable[object]) -> None:
    """Every acknowledged frame has a row, and the row has its pixels, at their offset and through HDF5."""
    rows = frame_rows(folder)
    for number in told:
        row = rows[str(number)]
        expected = story.pixels[int(row["number"])]
        shape = (int(row["height"]), int(row["width"]))
        mapped = np.memmap(folder / row["file"], np.dtype(row["dtype"]), "r", int(row["offset"]), shape)
        assert np.array_equal(mapped, expected)
        with h5py.File(folder / row["file"], "r") as file:
            assert np.array_equal(file["frames"][int(row["index"])], expected)


def check_truth(folder: Path, told: Iterable[object]) -> None:
    """Every acknowledged frame has its truth, at its start and its end."""
    path = folder / "truth.csv"
    rows = csv_rows(path) if path.exists() else []
    known = {(row["of"], row["number"], row["moment"]): row for row in rows}
    frames = frame_rows(folder)
    for number in told:
        for moment in ("start", "end"):
            row = known["frame", str(number), moment]
            time_s = float(frames[str(number)][f"{moment}_s"])
            assert (float(row["time_s"]), float(row["lithium_growth_m"])) == (time_s, time_s * 1e-9)


def check_metadata(folder: Path) -> None:
    """Whatever `metadata.json` is there is whole, and tells of no more than there is."""
    path = folder / "metadata.json"
    if path.exists():
        known = json.loads(path.read_bytes())
        assert known["metadata_schema"] == 1
        assert known["frames"] <= len(csv_rows(folder / "frames.csv"))
        assert known["samples"] <= len(log_samples(folder / "samples.blocks"))


def check_run_file(story: Story, folder: Path) -> None:
    """Whatever `run.nxs` is there opens, and holds what was recorded when it was made."""
    if not (folder / "run.nxs").exists():
        return
    with h5py.File(folder / "run.nxs", "r") as file:
        times = file["entry/electrochemistry/test_time_second"][()]
        assert np.array_equal(times, sample_block(0, len(times), EVERY_S)["time_s"])
        for name, event in file["entry/measurement"].items():
            if name.startswith("event"):
                stack = event["image1/stack_2d/real"][()]
                for pixels, number in zip(stack, event["frames/frame_number"], strict=True):
                    assert np.array_equal(pixels, story.pixels[int(number)])


def check_rest(story: Story, folder: Path, operations: int) -> None:
    for file in story.told_after(operations, "spectrum"):
        assert file in [row["file"] for row in csv_rows(folder / "spectra.csv")]
        content = (folder / str(file)).read_bytes()
        assert content.endswith(b"#ENDOFDATA   :\n") or h5py.is_hdf5(folder / str(file))
    journal = (folder / "journal.jsonl").read_bytes() if story.told_after(operations, "created") else b""
    for intent in story.told_after(operations, "intent"):
        assert f'"id":{intent},"entry":"intent"'.encode() in journal
    if story.told_after(operations, "created"):
        verdict = verify_record(folder)
        assert verdict.ok, str(verdict)
    if story.told_after(operations, "closed"):
        assert verify_record(folder).closed


def check_all(story: Story, folder: Path, operations: int, window_s: float) -> None:
    check_samples(story, folder, story.told_after(operations, "sample"), window_s)
    check_frames(story, folder, story.told_after(operations, "frame"))
    if window_s == 0.0:
        check_truth(folder, story.told_after(operations, "frame"))
    check_metadata(folder)
    check_run_file(story, folder)
    check_rest(story, folder, operations)


def moments(story: Story, every: int) -> range:
    return range(1, len(story.disk.operations) + 1, 1 if FULL else every)


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("torn", [False, True], ids=["between writes", "inside a write"])
def test_a_kill_loses_nothing_acknowledged(story: Story, tmp_path: Path, torn: bool) -> None:
    before: dict[str, bytes] = {}
    for count in moments(story, every=14):
        rebuild(after_kill(story.disk.operations[:count], torn), tmp_path, before)
        # the operation inside of which the kill came has not returned
        check_all(story, tmp_path, count - 1 if torn else count, window_s=0.0)


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", range(5 if FULL else 1))
def test_a_power_cut_loses_no_more_than_the_window(story: Story, tmp_path: Path, seed: int) -> None:
    before: dict[str, bytes] = {}
    for count in moments(story, every=22):
        rebuild(after_power_cut(story.disk.operations[:count], random.Random(seed * 10_000 + count)), tmp_path, before)
        check_all(story, tmp_path, count, POWER_CUT_WINDOW_S)


def test_the_story_has_everything_that_a_record_can_have(story: Story, capsys: pytest.CaptureFixture[str]) -> None:
    """Each kind of file is written through the disk, and each kind of operation is asked of it."""
    operations = story.disk.operations
    names = {operation.target or operation.path for operation in operations}
    for kind in (
        "samples.blocks", "*.bdf.csv", "*.bdf.parquet", "eis/*.csv", "images/*.h5", "frames.csv", "spectra/*.msa",
        "spectra/*.h5", "spectra.csv", "sensors.csv", "truth.csv", "events.jsonl", "journal.jsonl", "run.nxs",
        "metadata.json", "protocol.yaml", "bench.yaml", "environment.txt", "ro-crate-metadata.json", "SHA256SUMS",
    ):  # fmt: skip
        assert any(PurePath(name).match(kind) for name in names), kind
    kinds = {operation.kind for operation in operations}
    assert kinds == {"folder", "create", "write", "sync", "sync folder", "rename", "remove"}
    if FULL:
        with capsys.disabled():
            sys.stdout.write(f"\nkilled and cut off at each of {len(operations)} operations of the disk\n")


def test_the_story_is_what_the_operations_say(story: Story, tmp_path: Path) -> None:
    """The rebuilt folder is the recorded one: nothing was written around the disk."""
    rebuild(after_kill(story.disk.operations), tmp_path, {})
    recorded = {p.relative_to(story.disk.root): p.read_bytes() for p in story.disk.root.rglob("*") if p.is_file()}
    assert {p.relative_to(tmp_path): p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()} == recorded


@pytest.mark.parametrize(
    ("sabotage", "message"),
    [
        (lambda files: files["images/anode_SE_0000.h5"].__setitem__(slice(2048, 2300), bytes(252)), "frame"),
        (lambda files: files["samples.blocks"].__delitem__(slice(500, 600)), "samples"),
    ],
    ids=["pixels lost", "samples lost"],
)
def test_the_checks_of_this_file_can_fail(
    story: Story, tmp_path: Path, sabotage: Callable[[dict[str, bytearray]], None], message: str
) -> None:
    files = after_kill(story.disk.operations)
    sabotage(files)
    rebuild(files, tmp_path, {})
    with pytest.raises(AssertionError):
        check_all(story, tmp_path, len(story.disk.operations), 0.0)
    assert message in str(verify_record(tmp_path))
