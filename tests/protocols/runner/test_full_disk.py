"""A disk that is full, read-only or dying, and a clock that is set: the run ends safe and its record verifies."""

import errno
import os
import warnings
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from pytest_mock import MockerFixture
from support.laboratory import SimulatedBench
from support.run_protocols import SHORT

from operando.drivers.clock import VirtualClock
from operando.drivers.roles import Safety
from operando.protocols.record import open_samples, system, verify_record
from operando.protocols.record.durable import DurableFile
from operando.protocols.runner import Ending, RunOutcome

FAILS_S = 400.0


def run(bench: SimulatedBench, folder: Path) -> RunOutcome:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # says that the record cannot be written, which is so
        return bench.run(SHORT, folder)


def assert_safe_and_whole(bench: SimulatedBench, outcome: RunOutcome, folder: Path) -> None:
    assert (outcome.ending, outcome.exit_code) == (Ending.FAILED, 1)
    assert {state.safety for state in outcome.safe_states} == {Safety.CONFIRMED}
    assert bench.world.cell.measure(bench.bench.clock.now())[1] == 0.0
    assert not bench.world.beam.on_specimen
    assert open_samples(folder).size > 200
    verdict = verify_record(folder)
    assert verdict.ok, str(verdict)


@pytest.mark.parametrize("method", ["append", "sync"])
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EIO], ids=["full", "read-only", "broken"])
def test_the_disk_fails_in_the_middle(method: str, code: int, tmp_path: Path, mocker: MockerFixture) -> None:
    """Only a mock can make a real disk full at a chosen moment."""
    bench = SimulatedBench.open()
    real = getattr(DurableFile, method)

    def failing(file: DurableFile, *arguments: object) -> object:
        if bench.bench.clock.now() > FAILS_S:
            raise OSError(code, os.strerror(code))
        return real(file, *arguments)

    mocker.patch.object(DurableFile, method, failing)
    outcome = run(bench, tmp_path / "run")
    mocker.stopall()
    assert os.strerror(code) in outcome.reason
    assert_safe_and_whole(bench, outcome, tmp_path / "run")


def test_one_failed_fsync_is_never_forgotten(tmp_path: Path, mocker: MockerFixture) -> None:
    """Linux reports a lost page once; the second fsync succeeds although the data are gone."""
    bench = SimulatedBench.open()
    real = system.sync_data
    failed: list[float] = []

    def once(descriptor: int) -> None:
        if bench.bench.clock.now() > FAILS_S and not failed:
            failed.append(bench.bench.clock.now())
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        real(descriptor)

    mocker.patch.object(system, "sync_data", once)
    outcome = run(bench, tmp_path / "run")
    mocker.stopall()
    assert len(failed) == 1
    assert_safe_and_whole(bench, outcome, tmp_path / "run")


def test_a_folder_that_cannot_be_written_starts_nothing(tmp_path: Path, mocker: MockerFixture) -> None:
    bench = SimulatedBench.open()
    mocker.patch.object(Path, "mkdir", side_effect=OSError(errno.EROFS, os.strerror(errno.EROFS)))
    with pytest.raises(Exception, match="Read-only file system"):
        bench.run(SHORT, tmp_path / "run")
    assert bench.world.cell.measure(bench.bench.clock.now())[1] == 0.0
    assert not bench.world.beam.on_specimen


@pytest.mark.parametrize("jump_s", [-7200.0, 7200.0])
def test_the_wall_clock_is_set_in_the_middle(jump_s: float, tmp_path: Path, mocker: MockerFixture) -> None:
    """Order, durations and limits follow the run's own time; the wall is only written down at the start."""
    bench = SimulatedBench.open()
    clock = bench.bench.clock
    assert isinstance(clock, VirtualClock)
    epoch = clock.epoch

    def epoch_now(self: VirtualClock) -> object:
        return epoch + timedelta(seconds=jump_s if self.now() > FAILS_S else 0.0)

    mocker.patch.object(VirtualClock, "epoch", property(epoch_now), create=True)
    outcome = bench.run(SHORT, tmp_path / "run")
    assert (outcome.ending, outcome.exit_code) == (Ending.COMPLETED, 0), outcome.reason
    times_s = open_samples(tmp_path / "run")["time_s"]
    assert np.all(np.diff(times_s) > 0) and times_s[-1] > 1000.0
    verdict = verify_record(tmp_path / "run")
    assert verdict.ok, str(verdict)
