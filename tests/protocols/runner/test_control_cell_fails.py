"""What fails at one cell: the control cell never ends the run unless it shall, and both are always left safe."""

import errno
import os
import warnings
from pathlib import Path

import pytest
from pytest_mock import MockerFixture
from support.control_cell import CONTROLLED, Voltages, charge_by_step, safe_in_the_world
from support.flows import events_of, steered
from support.laboratory import SimulatedBench
from support.run_protocols import CURRENT_A

from operando.drivers.roles import Safety
from operando.protocols.record import CONTROL, open_samples, verify_record
from operando.protocols.record.durable import DurableFile
from operando.protocols.runner import Ending, RunOptions, RunOutcome
from operando.simulators.potentiostats import EmStat4

IN_CHARGE_S = 230.0
GAVE_UP = RunOptions(wait_for_links_s=0.0)
ENDS_WITH_IT = CONTROLLED.replace("cycling:\n", "failures: {control_cell: end}\ncycling:\n", 1)


def both_verify(folder: Path) -> None:
    for record in (folder, folder / CONTROL):
        verdict = verify_record(record)
        assert verdict.ok and verdict.closed, str(verdict)


def safety_of(outcome: RunOutcome, instrument: str) -> Safety:
    (state,) = [state for state in outcome.safe_states if state.instrument == instrument]
    return state.safety


def first_cell_did_everything(folder: Path) -> None:
    charges = charge_by_step(folder)
    assert charges["charge"] == pytest.approx(180 * CURRENT_A, rel=0.01)
    assert charges["discharge"] == pytest.approx(-120 * CURRENT_A, rel=0.02)


def test_a_control_potentiostat_that_is_gone_for_a_while(tmp_path: Path) -> None:
    """The run goes on alone; as soon as the link is back, the control cell is made safe."""
    bench = SimulatedBench.open("sim-control")
    voltages = Voltages(bench)
    bench.unplug("control-potentiostat", IN_CHARGE_S, IN_CHARGE_S + 60.0)
    outcome = bench.run(CONTROLLED, tmp_path / "run")
    assert (outcome.ending, outcome.exit_code) == (Ending.COMPLETED, 1), "a script is told"
    assert "the control cell failed: TransportClosed" in outcome.reason
    assert outcome.control_failure
    first_cell_did_everything(tmp_path / "run")
    (back,) = events_of(tmp_path / "run", "instrument back")
    assert float(str(back["test_time_second"])) == pytest.approx(IN_CHARGE_S + 60.0, abs=3.0), "made safe at once"
    assert open_samples(tmp_path / "run" / CONTROL)["time_s"].max() < IN_CHARGE_S
    assert safe_in_the_world(bench)
    assert voltages.inside()
    both_verify(tmp_path / "run")
    assert [event["message"] for event in events_of(tmp_path / "run" / CONTROL, "closed")] == ["failed"]


def test_a_control_potentiostat_that_stays_away_is_unknown(tmp_path: Path) -> None:
    """Its own limits and its longest duration end the step: no current flows long after."""
    bench = SimulatedBench.open("sim-control")
    bench.unplug("control-potentiostat", IN_CHARGE_S)
    outcome = bench.run(CONTROLLED, tmp_path / "run", GAVE_UP)
    assert (outcome.ending, outcome.exit_code) == (Ending.COMPLETED, 4)
    assert safety_of(outcome, "control potentiostat") is Safety.UNKNOWN
    assert safety_of(outcome, "potentiostat") is Safety.CONFIRMED
    first_cell_did_everything(tmp_path / "run")
    bench.world.advance(bench.bench.clock.now())
    assert safe_in_the_world(bench), "the step has come to its end on the instrument"
    both_verify(tmp_path / "run")


def test_a_document_may_end_the_run_with_its_control_cell(tmp_path: Path) -> None:
    bench = SimulatedBench.open("sim-control")
    bench.unplug("control-potentiostat", IN_CHARGE_S, IN_CHARGE_S + 20.0)
    outcome = bench.run(ENDS_WITH_IT, tmp_path / "run")
    assert (outcome.ending, outcome.exit_code) == (Ending.FAILED, 1), outcome.reason
    assert outcome.reason.startswith("TransportClosed")
    (told,) = [e for e in events_of(tmp_path / "run", "failed") if e["source"] == "control cell"]
    assert str(told["message"]).endswith("the run ends with it")
    assert open_samples(tmp_path / "run")["time_s"].max() < IN_CHARGE_S + 30.0
    assert safe_in_the_world(bench)
    both_verify(tmp_path / "run")


def test_a_short_in_the_control_cell_trips_its_own_guard_alone(tmp_path: Path) -> None:
    bench = SimulatedBench.open("sim-control")
    bench.world.call_at(IN_CHARGE_S, lambda now: bench.world.control_cell.inject_hard_short(now))
    outcome = bench.run(CONTROLLED, tmp_path / "run")
    assert (outcome.ending, outcome.exit_code) == (Ending.COMPLETED, 1), outcome.reason
    assert "SafetyTrip" in outcome.control_failure
    first_cell_did_everything(tmp_path / "run")
    assert safe_in_the_world(bench)
    both_verify(tmp_path / "run")


def test_a_first_potentiostat_that_is_gone_ends_both(tmp_path: Path) -> None:
    bench = SimulatedBench.open("sim-control")
    voltages = Voltages(bench)
    bench.unplug("potentiostat", IN_CHARGE_S, IN_CHARGE_S + 15.0)
    outcome = bench.run(CONTROLLED, tmp_path / "run")
    assert (outcome.ending, outcome.exit_code) == (Ending.FAILED, 1), outcome.reason
    assert safe_in_the_world(bench)
    assert voltages.inside()
    both_verify(tmp_path / "run")
    assert open_samples(tmp_path / "run" / CONTROL)["time_s"].max() < IN_CHARGE_S + 40.0


def test_an_interlock_that_ends_the_run_makes_both_cells_safe(tmp_path: Path) -> None:
    rule = (
        "interlocks:\n"
        "  - {name: box too low, while: observe, when: {gauge: box, falls_below: 0.9 bar}, action: end run,"
        " latch: true, cleared_by: operator}\n"
    )
    bench = SimulatedBench.open("sim-control")
    bench.world.call_at(IN_CHARGE_S, lambda now: bench.world.box.open_leak(1e-3, now))
    outcome = bench.run(CONTROLLED.replace("cycling:\n", rule + "cycling:\n", 1), tmp_path / "run")
    assert (outcome.ending, outcome.exit_code) == (Ending.FAILED, 1), outcome.reason
    told = [e for e in events_of(tmp_path / "run", "confirmed") if e["source"] == "interlock"]
    assert {str(event["message"]).partition(":")[0] for event in told} >= {"potentiostat", "control potentiostat"}
    assert safe_in_the_world(bench)
    both_verify(tmp_path / "run")


def test_a_pre_flight_that_the_control_cell_fails_starts_nothing(tmp_path: Path) -> None:
    """Somebody stands beside it then, and can mend it."""
    bench = SimulatedBench.open("sim-control")
    bench.world.control_cell.inject_hard_short(0.0, ohm=3.0)
    outcome = bench.run(CONTROLLED, tmp_path / "run")
    assert (outcome.ending, outcome.exit_code) == (Ending.FAILED, 1)
    assert "the control cell's pre-flight failed: cell within its limits" in outcome.reason
    assert safe_in_the_world(bench)
    both_verify(tmp_path / "run")


@pytest.mark.parametrize("where", ["", CONTROL], ids=["everywhere", "where the control cell is recorded"])
def test_a_full_disk(where: str, tmp_path: Path, mocker: MockerFixture) -> None:
    """Only a mock can make a real disk full at a chosen moment."""
    bench = SimulatedBench.open("sim-control")
    real = DurableFile.append

    def failing(file: DurableFile, data: bytes) -> None:
        if bench.bench.clock.now() > IN_CHARGE_S and (not where or where in file.path.parent.parts):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(file, data)

    mocker.patch.object(DurableFile, "append", failing)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # says that the record cannot be written, which is so
        outcome = bench.run(CONTROLLED, tmp_path / "run")
    mocker.stopall()
    assert (outcome.ending, outcome.exit_code) == (Ending.FAILED, 1)
    assert os.strerror(errno.ENOSPC) in outcome.reason
    assert safe_in_the_world(bench)
    for record in (tmp_path / "run", tmp_path / "run" / CONTROL):
        verdict = verify_record(record)
        assert verdict.ok and not verdict.closed, str(verdict)
    if where:
        first_cell_did_everything(tmp_path / "run")


def test_a_control_cell_whose_script_ends_by_itself_does_not_stop_the_first(tmp_path: Path) -> None:
    bench = SimulatedBench.open("sim-control")
    engine = bench.laboratory.instruments["control-potentiostat"]
    assert isinstance(engine, EmStat4)
    options = steered({IN_CHARGE_S: lambda _: engine.fail_next_measurement()})
    outcome = bench.run(CONTROLLED, tmp_path / "run", options)
    assert (outcome.ending, outcome.exit_code) == (Ending.COMPLETED, 1), outcome.reason
    first_cell_did_everything(tmp_path / "run")
    assert safe_in_the_world(bench)
    both_verify(tmp_path / "run")
