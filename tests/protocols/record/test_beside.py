"""Under a real clock whoever records does not wait for the disk; a power cut takes no more for that."""

import random
import threading
from pathlib import Path

import pytest
from pytest_mock import MockerFixture
from support.late_executor import LateExecutor
from support.made_up_run import frame_state, picture, run_header, sample_block
from support.mortal_disk import MortalDisk, after_kill, after_power_cut

from operando.protocols.record import (
    POWER_CUT_WINDOW_S,
    RecordError,
    RunRecord,
    open_samples,
    read_frames,
    system,
    verify_record,
)
from operando.protocols.record.block_log import read_log
from operando.protocols.record.durable import DurableFile
from operando.protocols.record.syncs_beside import SyncsBeside

SLOW_S = 0.1
WRITER = "operando.protocols.record.writer.ThreadPoolExecutor"


def test_a_sync_is_not_waited_for_until_the_window_is_over() -> None:
    synced: list[str] = []
    syncs = SyncsBeside(lambda: synced.append("all"), 1.0, LateExecutor())
    for time_s in (0.3, 0.5, 0.9, 1.29):
        syncs.recorded(time_s, time_s)
    assert synced == []
    syncs.recorded(1.3, 1.3)
    assert synced == ["all"]


def test_after_a_pause_nothing_old_stays_unsynced() -> None:
    """What was recorded shortly after a sync began waits for the next, which may come long after."""
    synced: list[str] = []
    syncs = SyncsBeside(lambda: synced.append("all"), 1.0, LateExecutor())
    syncs.recorded(0.3, 0.3)
    syncs.recorded(0.4, 0.4)
    syncs.recorded(7.0, 7.0)
    assert synced == ["all", "all"]


def test_samples_are_kept_while_a_picture_has_run_ahead_of_them() -> None:
    """Samples of an instrument with its own memory come later than a picture that ended after them."""
    synced: list[str] = []
    syncs = SyncsBeside(lambda: synced.append("all"), 1.0, LateExecutor())
    syncs.recorded(5.0, 0.0)
    for sample_s in (0.3, 0.6, 0.9):
        syncs.recorded(5.0, sample_s)
    assert synced == []
    syncs.recorded(5.0, 1.0)
    assert synced == ["all"]


def test_a_sync_that_failed_is_told_to_whoever_records() -> None:
    def failing() -> None:
        raise RecordError("cannot sync")

    syncs = SyncsBeside(failing, 1.0, LateExecutor())
    syncs.recorded(0.3, 0.3)
    with pytest.raises(RecordError, match="cannot sync"):
        syncs.recorded(1.5, 1.5)


@pytest.mark.parametrize("block", [1, 3, 9])
def test_a_power_cut_takes_no_more_than_the_window_however_late_the_disk(
    tmp_path: Path, mocker: MockerFixture, block: int
) -> None:
    """After every operation: what was recorded longer ago than the window is on the disk."""
    mocker.patch(WRITER, LateExecutor)
    disk = MortalDisk(tmp_path / "run")
    record = RunRecord.create(tmp_path / "run", run_header(simulated=False), disk, beside=True)
    told: list[tuple[int, float, int]] = []
    for number in range(60):
        samples = sample_block(number * block, block, 0.11)
        record.samples(samples)
        if number % 7 == 3:
            record.images([(picture(number, "SE", float(samples["time_s"][0])), frame_state())])
        told.append((len(disk.operations), float(samples["time_s"][-1]), int(samples["sequence"][-1])))
    record.release()
    path = tmp_path / "left"
    for operations, now_s, _ in told:
        safe = [last for _, last_s, last in told if last_s <= now_s - POWER_CUT_WINDOW_S]
        for seed in range(3):
            files = after_power_cut(disk.operations[:operations], random.Random(seed))
            path.write_bytes(files["samples.blocks"])
            found = read_log(path).samples["sequence"].tolist()
            assert found[: len(range(max(safe, default=-1) + 1))] == list(range(max(safe, default=-1) + 1))


def test_a_kill_takes_nothing_however_late_the_disk(tmp_path: Path, mocker: MockerFixture) -> None:
    mocker.patch(WRITER, LateExecutor)
    disk = MortalDisk(tmp_path / "run")
    record = RunRecord.create(tmp_path / "run", run_header(simulated=False), disk, beside=True)
    path = tmp_path / "left"
    for number in range(40):
        record.samples(sample_block(number * 3, 3, 0.25))
        path.write_bytes(after_kill(disk.operations)["samples.blocks"])
        assert len(read_log(path).samples) == (number + 1) * 3
    record.release()


def test_other_things_are_recorded_while_a_picture_is_written(tmp_path: Path, mocker: MockerFixture) -> None:
    mocker.patch(WRITER, LateExecutor)
    record = RunRecord.create(tmp_path / "run", run_header(), beside=True)
    record.samples(sample_block(0, 5))
    written = record.begin_images([(picture(1), frame_state())])
    record.samples(sample_block(5, 5))
    record.event(4.0, "test", "meanwhile", "said while the picture is written")
    assert read_frames(tmp_path / "run") == []
    rows = record.acknowledged(written.result())
    assert repr(read_frames(tmp_path / "run")) == repr(rows)
    record.close("completed")
    assert verify_record(tmp_path / "run").ok
    assert len(open_samples(tmp_path / "run")) == 10


def test_a_picture_that_nobody_waited_for_is_in_the_record_before_it_is_sealed(
    tmp_path: Path, mocker: MockerFixture
) -> None:
    record = RunRecord.create(tmp_path / "run", run_header(), beside=True)
    record.samples(sample_block(0, 5))
    real = system.sync_data
    mocker.patch.object(system, "sync_data", lambda descriptor: (threading.Event().wait(SLOW_S), real(descriptor)))
    record.begin_images([(picture(1), frame_state())])
    record.close("interrupted")
    verdict = verify_record(tmp_path / "run")
    assert verdict.ok and verdict.closed, str(verdict)
    assert len(read_frames(tmp_path / "run")) == 1


def test_a_record_beside_is_the_record(tmp_path: Path) -> None:
    """With real threads: everything is there, and the folder verifies."""
    record = RunRecord.create(tmp_path / "run", run_header(simulated=False), beside=True)
    for number in range(50):
        record.samples(sample_block(number * 4, 4, 0.25))
        if number % 10 == 5:
            record.image(picture(number, "SE", number * 1.0), frame_state())
    record.close("completed")
    verdict = verify_record(tmp_path / "run")
    assert verdict.ok and verdict.closed
    assert open_samples(tmp_path / "run").tolist() == sample_block(0, 200, 0.25).tolist()
    assert len(read_frames(tmp_path / "run")) == 5


def test_what_is_written_during_a_sync_waits_for_the_next(tmp_path: Path, mocker: MockerFixture) -> None:
    file = DurableFile(tmp_path / "log")
    file.append(b"first\n")
    during = mocker.patch.object(system, "sync_data", side_effect=lambda _: file.append(b"second\n"))
    file.sync()
    mocker.stop(during)
    real = mocker.patch.object(system, "sync_data")
    file.sync()
    assert real.call_count == 1
    file.sync()
    assert real.call_count == 1
    file.close()
