"""A disk that is full, read-only or dying ends the run safely, and what the instruments confirmed is still said."""

import errno
import warnings
from pathlib import Path

import pytest
from pytest_mock import MockerFixture
from support.laboratory import SimulatedBench
from support.run_protocols import SHORT

from operando.drivers.roles import Safety
from operando.protocols.record import open_samples, verify_record
from operando.protocols.record.durable import DurableFile
from operando.protocols.runner import Ending


@pytest.mark.parametrize("method", ["append", "sync"])
def test_the_disk_fails_in_the_middle(method: str, tmp_path: Path, mocker: MockerFixture) -> None:
    """Only a mock can make a real disk full at a chosen moment."""
    bench = SimulatedBench.open()
    real = getattr(DurableFile, method)

    def failing(file: DurableFile, *arguments: object) -> object:
        if bench.bench.clock.now() > 400.0:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(file, *arguments)

    mocker.patch.object(DurableFile, method, failing)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # says that the record cannot be written, which is so
        outcome = bench.run(SHORT, tmp_path / "run")
    mocker.stopall()
    assert (outcome.ending, outcome.exit_code) == (Ending.FAILED, 1)
    assert "No space left" in outcome.reason
    assert {state.safety for state in outcome.safe_states} == {Safety.CONFIRMED}
    assert bench.world.cell.measure(bench.bench.clock.now())[1] == 0.0
    assert not bench.world.beam.on_specimen
    assert open_samples(tmp_path / "run").size > 300
    assert verify_record(tmp_path / "run").ok
