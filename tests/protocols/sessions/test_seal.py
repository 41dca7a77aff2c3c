"""The seal of a session: what was recorded until then is checked for ever, whatever is appended later."""

from pathlib import Path

import pytest
from support.laboratory import SimulatedBench
from support.sessions import CYCLED, at_times

from operando.protocols.record import verify_record
from operando.protocols.runner import Ending, RunOptions


def parked(folder: Path) -> Path:
    wishes = {20.0: lambda steering: steering.park("eva")}
    outcome = SimulatedBench.open().run(CYCLED, folder, RunOptions(steered_by=at_times(wishes)))
    assert outcome.ending is Ending.PARKED
    return folder


@pytest.mark.parametrize("name", ["events.jsonl", "protocol.yaml", "sensors.csv"])
def test_what_was_sealed_cannot_be_changed_unnoticed(tmp_path: Path, name: str) -> None:
    folder = parked(tmp_path / "run")
    assert verify_record(folder).ok and verify_record(folder).parked
    data = (folder / name).read_bytes()
    (folder / name).write_bytes(data[:40] + bytes([data[40] ^ 1]) + data[41:])
    problems = verify_record(folder).problems
    assert any(name in problem and "not those with which session 1 ended" in problem for problem in problems), problems


def test_a_sealed_file_that_is_gone_is_missed(tmp_path: Path) -> None:
    folder = parked(tmp_path / "run")
    (folder / "environment.txt").unlink()
    assert any("is missing; session 1 ended with it" in problem for problem in verify_record(folder).problems)
