"""What the disk refuses, and what stays in the files then."""

import errno
import os
from pathlib import Path

import numpy as np
import pytest
from pytest_mock import MockerFixture
from support.made_up_run import frame_state, picture, run_header, sample_block

from operando.protocols.record import (
    RecordError,
    RunRecord,
    open_samples,
    read_frames,
    system,
    verify_record,
)
from operando.protocols.record.durable import Disk, DurableFile


def full_disk(*_: object) -> int:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_full_disk_leaves_no_half_write(tmp_path: Path, mocker: MockerFixture) -> None:
    file = DurableFile(tmp_path / "log")
    file.append(b"first\n")
    real_write = os.write
    answers = iter([lambda: real_write(file._descriptor, b"sec"), full_disk])
    patched = mocker.patch.object(os, "write", side_effect=lambda *_: next(answers)())
    with pytest.raises(RecordError, match="No space left"):
        file.append(b"second\n")
    mocker.stop(patched)
    file.append(b"third\n")
    file.close()
    assert (tmp_path / "log").read_bytes() == b"first\nthird\n"


def test_a_write_in_pieces_arrives_whole(tmp_path: Path, mocker: MockerFixture) -> None:
    file = DurableFile(tmp_path / "log")
    real_write = os.write
    mocker.patch.object(os, "write", side_effect=lambda fd, data: real_write(fd, data[:3]))
    file.append(b"abcdefgh")
    assert file.size == 8
    file.close()
    assert (tmp_path / "log").read_bytes() == b"abcdefgh"


def test_after_a_failed_sync_the_file_is_refused(tmp_path: Path, mocker: MockerFixture) -> None:
    """The second sync of the same pages would succeed on Linux although the data are lost."""
    file = DurableFile(tmp_path / "log")
    file.append(b"x")
    failing = mocker.patch.object(system, "sync_data", side_effect=OSError(errno.EIO, "Input/output error"))
    with pytest.raises(RecordError, match="cannot sync"):
        file.sync()
    mocker.stop(failing)
    for action in (file.sync, lambda: file.append(b"y"), lambda: file.write_at(b"z", 0)):
        with pytest.raises(RecordError, match="not known to be on the disk"):
            action()
    file.close()


def test_a_platform_without_pwrite(tmp_path: Path, mocker: MockerFixture) -> None:
    mocker.patch.object(os, "pwrite", None)
    file = DurableFile(tmp_path / "segment")
    file.append(bytes(8))
    file.write_at(b"ab", 2)
    file.write_at(np.array([1, 2], "<u2").data, 4)
    file.close()
    assert (tmp_path / "segment").read_bytes() == b"\0\0ab\1\0\2\0"


def test_a_picture_that_finds_no_room_is_not_acknowledged(tmp_path: Path, mocker: MockerFixture) -> None:
    record = RunRecord.create(tmp_path / "run", run_header())
    record.samples(sample_block(0, 10))
    record.image(picture(1), frame_state())
    full = mocker.patch.object(os, "pwrite", side_effect=full_disk)
    with pytest.raises(RecordError, match=r"anode_SE_0000\.h5: cannot write: No space left"):
        record.image(picture(2), frame_state())
    assert [row.number for row in read_frames(tmp_path / "run")] == [1]
    mocker.stop(full)
    record.samples(sample_block(10, 10))
    assert record.image(picture(3), frame_state()).number == 2
    record.close("completed")
    assert verify_record(tmp_path / "run").ok
    assert len(open_samples(tmp_path / "run")) == 20


def test_a_run_file_that_is_open_elsewhere_waits(tmp_path: Path, mocker: MockerFixture) -> None:
    """On Windows a viewer keeps `run.nxs` from being replaced; cycling must not end because of it."""
    record = RunRecord.create(tmp_path / "run", run_header())
    record.samples(sample_block(0, 10))
    refusing = mocker.patch.object(Path, "replace", side_effect=PermissionError(errno.EACCES, "in use"))
    record.step_ended()
    with pytest.raises(RecordError, match="Close the program that has it open"):
        record.close("completed")
    mocker.stop(refusing)
    record.close("completed")
    assert verify_record(tmp_path / "run").ok
    assert b"not replaced" in (tmp_path / "run" / "events.jsonl").read_bytes()


def test_a_whole_file_replaces_another_at_once(tmp_path: Path) -> None:
    disk = Disk()
    disk.write_whole(tmp_path / "file", b"one")
    disk.write_whole(tmp_path / "file", b"two")
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("file", b"two")]
