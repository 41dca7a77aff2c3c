"""Kill a run at every write while it is parked and while it is continued: it is parked or it is not, never in between.

A sample of the moments runs by default; `OPERANDO_FULL=1` runs all of them.
"""

import os
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from support.mortal_run import MortalRun
from support.sessions import CYCLED

from operando.drivers.errors import ConfigMismatch
from operando.protocols.record import is_closed, open_samples, read_events, verify_record
from operando.protocols.record.sessions import continued_sessions, is_parked, parked_sessions
from operando.protocols.runner import Ending, RunOptions, Steering, StepInProgress
from operando.protocols.runner.continuing import Returning
from operando.protocols.runner.observer import Silent
from operando.protocols.sessions import ElsewhereFile

STRIDE = 1 if os.environ.get("OPERANDO_FULL") == "1" else 17
CURRENT_A = 120e-6


class ParksInTheCharge(Silent):
    """A person who wants the run parked when it has charged for some seconds."""

    def __init__(self) -> None:
        self.steering: Steering | None = None
        self._charging = self._asked = False

    def step_started(self, running: StepInProgress) -> None:
        self._charging = running.name == "charge"

    def samples(self, block: NDArray[np.void]) -> None:
        if self._charging and not self._asked and self.steering and float(block["elapsed_s"][-1]) > 10.0:
            self._asked = True
            self.steering.park("eva")


def park() -> RunOptions:
    person = ParksInTheCharge()
    return RunOptions(observer=person, steered_by=lambda steering: setattr(person, "steering", steering))


def parked(folder: Path) -> MortalRun:
    run = MortalRun(CYCLED, folder, without=("eds", "sem"))
    outcome = run.start(options=park())
    assert outcome is not None and outcome.ending is Ending.PARKED, outcome
    return run


def check(run: MortalRun, sessions: int = 2) -> None:
    verdict = verify_record(run.folder)
    assert verdict.ok and verdict.closed, str(verdict)
    assert [session.number for session in continued_sessions(run.folder)] == list(range(2, sessions + 1))
    assert len(parked_sessions(run.folder)) == sessions - 1
    samples = open_samples(run.folder)
    assert np.array_equal(np.sort(samples["sequence"]), np.arange(samples.size))
    assert np.unique(samples[["step", "elapsed_s"]]).size == samples.size, "nothing stands there twice"
    ends: dict[str, float] = {}
    for event in read_events(run.folder):
        if event["kind"] == "step ended" and event["charge_C"] is not None:
            ends[str(event["message"]).partition(":")[0]] = float(str(event["charge_C"]))
    assert ends["charge"] == pytest.approx(40 * CURRENT_A, abs=1.01 * CURRENT_A)
    assert ends["discharge"] == pytest.approx(-15 * CURRENT_A, abs=1.01 * CURRENT_A)


@pytest.mark.timeout(3600)
def test_a_kill_while_parking_is_resumed_and_parked(tmp_path: Path) -> None:
    writes = parked(tmp_path / "whole").writes
    for after in range(writes // 2, writes + 1, STRIDE):
        run = MortalRun(CYCLED, tmp_path / f"killed after {after}", without=("eds", "sem"))
        assert run.start(after, options=park()) is None or after == writes
        if not is_parked(run.folder):
            asked = any(event["kind"] == "park" for event in read_events(run.folder))
            outcome = run.resume(options=None if asked else park(), down_s=3.0)
            assert outcome is not None and outcome.ending is Ending.PARKED, (after, outcome)
        verdict = verify_record(run.folder)
        assert verdict.ok and verdict.parked, (after, str(verdict))
        with pytest.raises(ConfigMismatch, match="operando continue"):
            run.resume()
        outcome = run.continue_()
        assert outcome is not None and outcome.ending is Ending.COMPLETED, (after, outcome)
        check(run)


@pytest.mark.timeout(3600)
def test_a_kill_while_continuing_is_continued_again_or_resumed(tmp_path: Path) -> None:
    whole = parked(tmp_path / "whole")
    returning = Returning([ElsewhereFile(elsewhere(tmp_path / "cycled.bdf.csv", whole))])
    outcome = whole.continue_(returning=returning)
    assert outcome is not None and outcome.ending is Ending.COMPLETED, outcome
    check(whole)
    for after in range(1, whole.writes, STRIDE):
        run = parked(tmp_path / f"killed after {after}")
        assert run.continue_(after, returning) is None
        if is_closed(run.folder):
            continue
        verdict = verify_record(run.folder)
        assert verdict.ok, (after, str(verdict))
        if is_parked(run.folder):
            outcome = run.continue_(returning=returning, away_s=5.0)
        else:
            with pytest.raises(ConfigMismatch, match="operando resume"):
                run.continue_()
            outcome = run.resume(down_s=3.0)
        assert outcome is not None and outcome.ending is Ending.COMPLETED, (after, outcome)
        check(run)
        (session,) = continued_sessions(run.folder)
        (imported,) = session.imported
        steps = range(imported.first_step, imported.last_step + 1)
        assert int(np.isin(open_samples(run.folder)["step"], steps).sum()) == imported.samples == 40


def elsewhere(path: Path, run: MortalRun) -> Path:
    """Two minutes of charge and discharge, a minute after the run was parked."""
    (session,) = parked_sessions(run.folder)
    samples = open_samples(run.folder)
    begins_unix_s = (run.clock.epoch + timedelta(seconds=session.to_s + 60.0)).timestamp()
    voltage_V = float(samples["voltage_V"][-1])
    lines = ["Test Time / s,Voltage / V,Current / A,Unix Time / s,Cycle Count / 1,Step Count / 1"]
    for second in range(0, 120, 3):
        step = 1 if second < 60 else 2
        current_A = CURRENT_A if step == 1 else -CURRENT_A
        lines.append(f"{second},{voltage_V + current_A * 10:.6f},{current_A},{begins_unix_s + second:.3f},1,{step}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
