"""A control cell is cycled beside the one in the beam: the same protocol, the same pauses, a record of its own."""

import asyncio
from pathlib import Path

import numpy as np
import pytest
from support.control_cell import CONTROLLED, Voltages, charge_by_step, named, safe_in_the_world
from support.flows import events_of, steered
from support.laboratory import SimulatedBench
from support.run_protocols import CURRENT_A, CYCLING_ONLY, HEAD

from operando.protocols.program import AskOperator
from operando.protocols.record import control_folder, open_samples, read_events, read_frames, verify_record
from operando.protocols.runner import Answer, Ending, RunOptions, ScriptedOperator


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    bench = SimulatedBench.open("sim-control")
    voltages = Voltages(bench)
    folder = tmp_path_factory.mktemp("controlled") / "run"
    outcome = bench.run(CONTROLLED, folder)
    assert (outcome.ending, outcome.exit_code) == (Ending.COMPLETED, 0), outcome.reason
    assert "control potentiostat" in {state.instrument for state in outcome.safe_states}
    assert safe_in_the_world(bench)
    assert voltages.inside()
    return folder


def test_both_records_are_whole(run: Path) -> None:
    for folder in (run, run / "control"):
        verdict = verify_record(folder)
        assert verdict.ok and verdict.closed and verdict.samples > 300, str(verdict)
    assert control_folder(run) == run / "control"


def test_both_cells_have_the_same_steps_and_charges(run: Path) -> None:
    first, control = charge_by_step(run), charge_by_step(run / "control")
    for name in ("settle", "charge", "discharge"):
        assert control[name] == pytest.approx(first[name], abs=2 * CURRENT_A)
    assert control["charge"] == pytest.approx(180 * CURRENT_A, rel=0.01)
    wanted = ["rest at the start", "settle", "charge", "rest during overview", "discharge", "rest at the end"]
    assert named(run) == named(run / "control") == wanted


def test_the_control_cell_pauses_as_long_as_the_first(run: Path) -> None:
    shared = events_of(run / "control", "pause shared")
    assert len(shared) == 3
    for event in shared:
        own_s, first_s = float(str(event["own_s"])), float(str(event["first_s"]))
        assert first_s <= own_s <= first_s + 6.0, event


def test_the_cells_are_sisters_and_no_twins(run: Path) -> None:
    first, control = open_samples(run), open_samples(run / "control")
    one, other = (cell[cell["cycle"] > 0]["voltage_V"][:200] for cell in (first, control))
    assert not np.array_equal(one, other)
    assert np.median(one) == pytest.approx(np.median(other), abs=0.02)


def test_pictures_know_the_state_of_the_cell_in_the_beam(run: Path) -> None:
    frames, first = read_frames(run), open_samples(run)
    assert frames
    for frame in frames:
        assert frame.step in first["step"]
        nearest = first[np.argmin(np.abs(first["time_s"] - frame.start_s))]
        assert frame.voltage_at_start_V == pytest.approx(nearest["voltage_V"], abs=1e-3)
    assert not read_frames(run / "control")


def test_two_runs_are_equal_to_the_byte(run: Path, tmp_path: Path) -> None:
    again = tmp_path / "run"
    SimulatedBench.open("sim-control").run(CONTROLLED, again)
    files = sorted(path.relative_to(run) for path in run.rglob("*") if path.is_file())
    assert files == sorted(path.relative_to(again) for path in again.rglob("*") if path.is_file())
    different = [str(name) for name in files if (run / name).read_bytes() != (again / name).read_bytes()]
    assert not different


def test_the_first_cell_does_not_notice_the_control_cell(run: Path, tmp_path: Path) -> None:
    """The samples of the cell in the beam are those that it has without a control cell."""
    SimulatedBench.open("sim").run(CONTROLLED, tmp_path / "alone")
    assert not (tmp_path / "alone" / "control").exists()
    assert control_folder(tmp_path / "alone") is None
    alone, beside = open_samples(tmp_path / "alone"), open_samples(run)
    assert alone["elapsed_s"].tolist() == beside["elapsed_s"].tolist()
    assert np.allclose(alone["voltage_V"], beside["voltage_V"], atol=2e-4)
    assert alone["current_A"].tolist() == beside["current_A"].tolist()


def test_a_hold_holds_both(tmp_path: Path) -> None:
    bench = SimulatedBench.open("sim-control")
    options = steered(
        {
            250.0: lambda steering: steering.hold_cycling("test", "a look at the box"),
            400.0: lambda steering: steering.continue_cycling("test"),
        }
    )
    outcome = bench.run(CONTROLLED, tmp_path / "run", options)
    assert outcome.exit_code == 0, outcome.reason
    for folder in (tmp_path / "run", tmp_path / "run" / "control"):
        held = [event for event in read_events(folder) if event["kind"] == "step started"]
        rests = [e for e in held if e["message"] == "rest during a hold"]
        assert len(rests) == 1
        assert float(str(rests[0]["test_time_second"])) == pytest.approx(250.0, abs=1.0)
        assert charge_by_step(folder)["charge"] == pytest.approx(180 * CURRENT_A, rel=0.01), "nothing is replayed"
    assert safe_in_the_world(bench)


def test_an_abort_ends_both(tmp_path: Path) -> None:
    bench = SimulatedBench.open("sim-control")
    aborted = steered({250.0: lambda steering: steering.abort("test", "enough")})
    outcome = bench.run(CONTROLLED, tmp_path / "run", aborted)
    assert (outcome.ending, outcome.exit_code) == (Ending.INTERRUPTED, 3)
    assert safe_in_the_world(bench)
    for folder in (tmp_path / "run", tmp_path / "run" / "control"):
        verdict = verify_record(folder)
        assert verdict.ok and verdict.closed, str(verdict)
        closed = events_of(folder, "closed")
        assert [event["message"] for event in closed] == ["interrupted"]


def test_a_question_rests_both_as_long(tmp_path: Path) -> None:
    class Slow(ScriptedOperator):
        async def ask(self, question: AskOperator) -> Answer:
            await asyncio.sleep(40.0)
            return await super().ask(question)

    protocol = HEAD + (
        "cycling:\n"
        "  - {name: settle, step: Rest for 10 seconds}\n"
        "  - {ask: go on?, answers: [yes], at_most: 10 min}\n"
        "  - {name: charge, step: Charge at C/10 for 20 seconds}\n"
    )
    bench = SimulatedBench.open("sim-control")
    outcome = bench.run(protocol, tmp_path / "run", RunOptions(operator=Slow("yes")))
    assert outcome.exit_code == 0, outcome.reason
    (asked,) = [e for e in events_of(tmp_path / "run" / "control", "pause shared") if "beside" in str(e["message"])]
    assert float(str(asked["own_s"])) == pytest.approx(float(str(asked["first_s"])), abs=6.0)
    assert float(str(asked["first_s"])) > 40.0


def test_without_pictures_each_cell_ends_its_steps_by_itself(tmp_path: Path) -> None:
    bench = SimulatedBench.open("sim-control")
    outcome = bench.run(CYCLING_ONLY, tmp_path / "run")
    assert outcome.exit_code == 0, outcome.reason
    for folder in (tmp_path / "run", tmp_path / "run" / "control"):
        samples = open_samples(folder)
        assert samples["voltage_V"].max() == pytest.approx(3.65, abs=2e-3)
        assert len(list((folder / "eis").glob("*.csv"))) == 2
    ends = [events_of(folder, "step ended") for folder in (tmp_path / "run", tmp_path / "run" / "control")]
    assert [e["message"] for e in ends[0]] == [e["message"] for e in ends[1]]
    assert ends[0][2]["elapsed_s"] != ends[1][2]["elapsed_s"], "each by its own clock"
