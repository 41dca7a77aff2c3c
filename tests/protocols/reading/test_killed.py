"""A run that was killed after any operation, or in the middle of one, opens and tells everything up to there."""

from pathlib import Path

import numpy as np
import pytest
from support.made_up_run import run_header, sample_block
from support.mortal_disk import MortalDisk, Operation, after_kill
from support.recorded_run import MINUTES, recording, scan_of

from operando.protocols import open_run
from operando.protocols.reading import RunStatus
from operando.protocols.record import RecordError, RunRecord

WHOLE = sample_block(0, MINUTES * 60)
PIXELS = [image.pixels for minute in range(MINUTES) for image, _ in scan_of(minute)]


@pytest.fixture(scope="module")
def operations(tmp_path_factory: pytest.TempPathFactory) -> list[Operation]:
    folder = tmp_path_factory.mktemp("mortal") / "run"
    disk = MortalDisk(folder)
    record = RunRecord.create(folder, run_header(), disk)
    for _ in recording(record):
        pass
    record.release()
    return disk.operations


def check(folder: Path) -> tuple[int, int]:
    """Open the folder and compare everything; how many samples and frames there are."""
    run = open_run(folder)
    assert run.status is RunStatus.KILLED
    assert np.array_equal(run.samples, WHOLE[: len(run.samples)])
    for frame in run.frames:
        assert np.array_equal(frame.verified_pixels(), PIXELS[frame.number - 1])
        assert not np.isnan(frame.lines()["voltage_V"]).any()
    for spectrum in run.spectra:
        spectrum.verify()
    assert len(run.events) <= MINUTES
    assert len(run.journal) <= 1
    assert len(run.impedance) <= 1
    assert run.steps is not None
    return len(run.samples), len(run.frames)


@pytest.mark.parametrize("torn", [False, True], ids=["between", "torn"])
def test_after_every_operation(operations: list[Operation], tmp_path: Path, torn: bool) -> None:
    opened, known = 0, (0, 0)
    for count in range(1, len(operations) + 1):
        folder = tmp_path / str(count)
        for name, data in after_kill(operations[:count], torn).items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        try:
            now = check(folder)
        except RecordError as error:
            # before its first line is whole there is no run yet
            assert opened == 0
            assert "journal" in str(error)
            continue
        opened += 1
        assert now >= known
        known = now
    assert opened > 100
    assert known == (360, 12)
