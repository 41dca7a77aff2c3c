"""Checksums of frames and spectra by their values, and those of older records."""

from pathlib import Path

import pytest
from support.made_up_run import frame_state, picture, run_header

from operando.protocols.record import FrameRow, RunRecord, load_pixels, read_frames
from operando.protocols.record.content_checksum import content_checksum, has_checksum
from operando.protocols.record.rows import read_rows


@pytest.mark.parametrize(
    ("data", "checksum"),
    [
        # the test vectors of XXH3 (64 bit, seed 0) and of CRC-32
        (b"", "xxh3:2d06800538d394c2"),
        (b"123456789", "crc32:cbf43926"),
        (b"", "crc32:00000000"),
    ],
)
def test_checksums_by_their_algorithm(data: bytes, checksum: str) -> None:
    assert has_checksum(data, checksum)
    assert not has_checksum(data + b"x", checksum)


def test_new_checksums_are_xxh3() -> None:
    assert content_checksum(b"") == "xxh3:2d06800538d394c2"
    assert content_checksum(memoryview(b"abc")) == content_checksum(b"abc")


def test_a_checksum_of_the_future_is_not_guessed() -> None:
    with pytest.raises(ValueError, match="not known"):
        has_checksum(b"", "blake9:00")


def test_frames_of_schema_1_are_read(tmp_path: Path) -> None:
    record = RunRecord.create(tmp_path / "run", run_header())
    row = record.image(picture(1), frame_state())
    record.release()
    assert has_checksum(load_pixels(tmp_path / "run", row).data, row.checksum)
    path = tmp_path / "run" / "frames.csv"
    text = path.read_text().replace(",checksum,", ",crc32,").replace(row.checksum, "1234abcd")
    path.write_text(text)
    (old,) = read_rows(path, FrameRow)
    assert old.checksum == "crc32:1234abcd"
    assert read_frames(tmp_path / "run")[0].file == row.file
