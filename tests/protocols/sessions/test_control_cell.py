"""A run with a control cell that is parked and continued: both cells rest, both records go on, no charge is lost."""

import asyncio
from pathlib import Path

import pytest
from support.control_cell import CONTROLLED, charge_by_step, named, safe_in_the_world
from support.flows import events_of
from support.laboratory import SimulatedBench
from support.mortal_run import MortalRun
from support.run_protocols import CURRENT_A
from support.sessions import at_times, continued

from operando.protocols.record import CONTROL, is_closed, verify_record
from operando.protocols.record.sessions import is_parked
from operando.protocols.runner import Ending, RunOptions, Steering
from operando.protocols.runner.cycling import LONGEST_HOLD_STEP_S


def park(steering: Steering) -> None:
    steering.park("eva", "the night")


@pytest.mark.parametrize("parked_s", [120.0, 290.0], ids=["in the charge", "about the pictures in between"])
def test_both_cells_go_on_where_they_were(parked_s: float, tmp_path: Path) -> None:
    bench, folder = SimulatedBench.open("sim-control"), tmp_path / "run"
    outcome = bench.run(CONTROLLED, folder, RunOptions(steered_by=at_times({parked_s: park})))
    assert outcome.ending is Ending.PARKED and outcome.exit_code == 0, outcome.reason
    assert is_parked(folder) and not is_closed(folder / CONTROL)
    assert verify_record(folder / CONTROL).parked, "with its run"
    assert [event["message"] for event in events_of(folder / CONTROL, "parked")] == [outcome.reason]
    derived = [{path.name for path in one.iterdir()} for one in (folder, folder / CONTROL)]
    assert "run.nxs" in derived[1] and {"run.nxs", "metadata.json"} & derived[0] <= derived[1]
    assert safe_in_the_world(bench)
    assert verify_record(folder).ok
    outcome = continued(bench, CONTROLLED, folder)
    assert (outcome.ending, outcome.exit_code) == (Ending.COMPLETED, 0), outcome.reason
    assert safe_in_the_world(bench)
    asked = [str(event["message"]).partition(":")[0] for event in events_of(folder / CONTROL, "passed")]
    assert asked == 2 * ["open-circuit voltage", "open-circuit drift", "contact"], "before each session"
    for record in (folder, folder / CONTROL):
        verdict = verify_record(record)
        assert verdict.ok and verdict.closed, str(verdict)
        charges = charge_by_step(record)
        assert charges["charge"] == pytest.approx(180 * CURRENT_A, rel=0.02)
        assert charges["discharge"] == pytest.approx(-120 * CURRENT_A, rel=0.02)
        assert "rest before parking" in named(record)


def test_a_control_cell_that_comes_to_its_end_later_is_parked_alone(tmp_path: Path) -> None:
    """The cell in the beam has no step left that could be held."""
    bench, folder = SimulatedBench.open("sim-control"), tmp_path / "run"

    def park_at_the_end(steering: Steering) -> None:
        if "rest at the end" in named(folder, "step ended"):
            steering.park("eva", "the night")
        else:
            asyncio.get_running_loop().call_later(1.0, park_at_the_end, steering)

    outcome = bench.run(CONTROLLED, folder, RunOptions(steered_by=at_times({300.0: park_at_the_end})))
    assert outcome.ending is Ending.PARKED, outcome.reason
    assert bench.bench.clock.now() < LONGEST_HOLD_STEP_S
    assert "rest at the end" in named(folder) and "rest before parking" in named(folder / CONTROL)
    outcome = continued(bench, CONTROLLED, folder)
    assert outcome.ending is Ending.COMPLETED, outcome.reason
    for record in (folder, folder / CONTROL):
        verdict = verify_record(record)
        assert verdict.ok and verdict.closed, str(verdict)
    assert charge_by_step(folder / CONTROL)["discharge"] == pytest.approx(-120 * CURRENT_A, rel=0.02)


def test_a_control_cell_that_has_failed_meanwhile_keeps_the_run_parked(tmp_path: Path) -> None:
    bench, folder = SimulatedBench.open("sim-control"), tmp_path / "run"
    outcome = bench.run(CONTROLLED, folder, RunOptions(steered_by=at_times({120.0: park})))
    assert outcome.ending is Ending.PARKED, outcome.reason
    bench.world.control_cell.inject_hard_short(bench.bench.clock.now(), 1.0)
    outcome = continued(bench, CONTROLLED, folder)
    assert outcome.ending is Ending.FAILED and "the control cell's pre-flight failed" in outcome.reason, outcome.reason
    assert outcome.reason.endswith("it stays parked")
    assert is_parked(folder) and all(verify_record(record).ok for record in (folder, folder / CONTROL))
    assert safe_in_the_world(bench)
    started = [event for event in events_of(folder, "step started") if event["message"] == "charge"]
    assert len(started) == 1, "nothing goes on"


def test_the_seal_of_a_run_holds_for_the_record_of_its_control_cell(tmp_path: Path) -> None:
    """Whoever checks either of them is told, once."""
    bench, folder = SimulatedBench.open("sim-control"), tmp_path / "run"
    outcome = bench.run(CONTROLLED, folder, RunOptions(steered_by=at_times({120.0: park})))
    assert outcome.ending is Ending.PARKED and verify_record(folder).ok, outcome.reason
    events = folder / CONTROL / "events.jsonl"
    events.write_bytes(events.read_bytes().replace(b"passed", b"Passed", 1))
    (problem,) = [one for one in verify_record(folder).problems if "session 1" in one]
    (own,) = [one for one in verify_record(folder / CONTROL).problems if "session 1" in one]
    assert problem == f"{CONTROL}: {own}" and own.startswith("events.jsonl: its first")
    events.unlink()
    assert any("events.jsonl: is missing" in one for one in verify_record(folder).problems)


def test_killed_after_the_control_cell_was_parked_and_before_the_run_was(tmp_path: Path) -> None:
    run = MortalRun(CONTROLLED, tmp_path / "run", without=("eds",), bench="sim-control")
    options = RunOptions(steered_by=at_times({120.0: park}))
    assert run.start(options=options, die_at=b'"source":"run","kind":"parked"') is None
    assert events_of(run.folder / CONTROL, "parked") and not is_parked(run.folder)
    outcome = run.resume()
    assert outcome is not None and outcome.ending is Ending.PARKED, "what was asked for still holds"
    assert all(verify_record(record).ok for record in (run.folder, run.folder / CONTROL))
