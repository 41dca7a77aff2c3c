"""Kill a run with a control cell at its writes, resume it, and compare both records with what both instruments said.

A sample of the moments runs by default; `OPERANDO_FULL=1` runs all of them (with pictures, every fourth).
"""

import os
from functools import partial
from pathlib import Path

import pytest
from support.control_cell import charge_by_step
from support.killed_runs import check_samples, completed, killed_after, resumed, was_begun
from support.mortal_run import MortalRun
from support.run_protocols import CURRENT_A, HEAD

from operando.protocols.record import CONTROL, is_closed, open_samples, read_header, verify_record
from operando.protocols.runner import Ending

FULL = os.environ.get("OPERANDO_FULL") == "1"
CLOSING = 10
"""The last writes of a run, always tried: both records are closed there, one inside the other."""

CYCLING = (
    HEAD
    + """\
cycling:
  - {name: settle, step: Rest for 10 seconds}
  - {name: charge, step: Charge at C/10 for 20 seconds}
  - {name: hold, step: Hold at 3.555 V for 10 seconds}
  - {name: discharge, step: Discharge at C/10 for 15 seconds}
"""
)

WITH_PICTURES = (
    HEAD
    + """\
cycling:
  - {name: charge, step: Charge at C/10 for 20 seconds}
  - {capture: look, cell: rest, at_most: 60 s}
  - {name: discharge, step: Discharge at C/10 for 15 seconds}
regions:
  anode: {stage: {x: 1.200 mm, y: -0.350 mm}, width: 120 um}
  control: {stage: {x: 2.900 mm, y: -0.350 mm}, width: 120 um, only: [start, end]}
captures:
  look:
    {regions: [anode], detectors: [SE], pixels: [64, 48], dwell: 300 us, beam: {voltage: 5 kV, current: 100 pA}}
"""
)


def killable(protocol: str, folder: Path) -> MortalRun:
    return MortalRun(protocol, folder, without=("eds",), bench="sim-control")


def check(run: MortalRun) -> None:
    for folder, said in ((run.folder, run.said), (run.folder / CONTROL, run.control_said)):
        verdict = verify_record(folder)
        assert verdict.ok and verdict.closed, str(verdict)
        check_samples(folder, said)
        charges = charge_by_step(folder)
        assert charges["charge"] == pytest.approx(20 * CURRENT_A, abs=1.01 * CURRENT_A)
        assert charges["discharge"] == pytest.approx(-15 * CURRENT_A, abs=1.01 * CURRENT_A)
    assert run.control_potentiostat is not None
    assert not run.control_potentiostat.cell_is_on and not run.potentiostat.cell_is_on


@pytest.mark.timeout(3600)
@pytest.mark.parametrize(
    ("protocol", "down_s", "stride"),
    [(CYCLING, 3.0, 1), (CYCLING, 25.0, 1), (WITH_PICTURES, 10.0, 4)],
    ids=["the steps still run", "the steps have ended", "with pictures"],
)
def test_a_kill_at_any_write_harms_neither_record(protocol: str, down_s: float, stride: int, tmp_path: Path) -> None:
    whole = completed(killable(protocol, tmp_path / "whole"))
    check(whole)
    early = range(1, whole.writes - CLOSING, stride if FULL else 53)
    moments = (*early, *range(whole.writes - CLOSING, whole.writes))
    for run in killed_after(moments, partial(killable, protocol), tmp_path):
        check(resumed(run, down_s))


def test_a_kill_while_the_record_of_the_control_cell_is_begun(tmp_path: Path) -> None:
    """Before its journal has a line nothing is recorded in it: what is there is taken away, and it is begun anew."""
    whole = killable(CYCLING, tmp_path / "whole")
    assert whole.start(die_at=b'"entry":"progress"') is None
    begun_after = 0
    for after in range(1, 40):
        run = killable(CYCLING, tmp_path / f"killed after {after}")
        assert run.start(after) is None
        if not was_begun(run):
            continue
        begun_after = begun_after or after
        assert verify_record(run.folder).ok
        check(resumed(run, 3.0))
        assert read_header(run.folder / CONTROL).sample.name == "simulated sister cell"
        if after > begun_after + 12:
            break


def test_a_kill_while_the_records_are_closed(tmp_path: Path) -> None:
    """The control cell's is closed first; whoever resumes closes the other one, and touches the first no more."""
    run = killable(CYCLING, tmp_path / "run")
    words = b'"kind":"closed","message":"completed"'
    assert run.start(die_at=words) is None
    assert not is_closed(run.folder / CONTROL)
    check(resumed(run, 3.0))
    run = killable(CYCLING, tmp_path / "later")
    whole = completed(killable(CYCLING, tmp_path / "whole"))
    assert run.start(whole.writes - 3) is None
    assert is_closed(run.folder / CONTROL) and not is_closed(run.folder)
    before = {path: path.read_bytes() for path in sorted((run.folder / CONTROL).rglob("*")) if path.is_file()}
    check(resumed(run, 3.0))
    assert before == {path: path.read_bytes() for path in sorted((run.folder / CONTROL).rglob("*")) if path.is_file()}


def test_a_control_cell_that_had_failed_does_not_go_on_after_a_resume(tmp_path: Path) -> None:
    run = killable(CYCLING, tmp_path / "run")
    run.laboratory.wire_faults("control-potentiostat").unplugged_between.append((50.0, 70.0))
    assert run.start(die_at=b'"message":"discharge"') is None
    before = open_samples(run.folder / CONTROL).size
    outcome = run.resume(down_s=25.0)
    assert outcome is not None and (outcome.ending, outcome.exit_code) == (Ending.COMPLETED, 1), outcome
    assert "before the run was resumed" in outcome.control_failure
    assert open_samples(run.folder / CONTROL).size == before
    for folder in (run.folder, run.folder / CONTROL):
        verdict = verify_record(folder)
        assert verdict.ok and verdict.closed, str(verdict)
