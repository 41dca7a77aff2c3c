"""Opening a run of thousands of frames reads no pixels, and the command line stays quick."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from operando.protocols import open_run
from operando.protocols.record import RecordError

FRAMES = 5000


@pytest.fixture
def long_run(closed: Path, tmp_path: Path) -> Path:
    """A record with rows of 5,000 frames and not a single picture."""
    folder = tmp_path / "run"
    shutil.copytree(closed, folder, ignore=shutil.ignore_patterns("images"))
    header, *rows = (folder / "frames.csv").read_text(encoding="utf-8").splitlines()
    numbered = [f"{number + 1},{rows[number % len(rows)].split(',', 1)[1]}" for number in range(FRAMES)]
    (folder / "frames.csv").write_text("\n".join([header, *numbered, ""]), encoding="utf-8")
    return folder


def test_no_segment_is_opened_before_pixels_are_asked_for(long_run: Path) -> None:
    """There are no segments: whatever touched one would fail."""
    run = open_run(long_run)
    assert len(run.frames) == FRAMES
    frame = run.frames.at(voltage=3.63, during="charge", cycle=1, region="anode", detector="BSE")
    assert len(run.frames.of(region="cathode")) == 1668
    assert len(run.frames.table()) == FRAMES
    assert len(frame.lines()) == 6
    with pytest.raises(RecordError, match="there is no images/"):
        _ = frame.pixels


def test_the_package_is_imported_without_what_reading_needs() -> None:
    heavy = "print([name for name in ('numpy', 'pydantic', 'pandas', 'h5py') if name in sys.modules])"
    code = f"import sys; from operando.protocols import open_run; {heavy}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
