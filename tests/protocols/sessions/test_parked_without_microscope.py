"""A session ends although the microscope is gone: parking does not wait for it."""

from pathlib import Path

from support.laboratory import SimulatedBench
from support.sessions import SEEN, at_times

from operando.drivers.roles import Safety
from operando.protocols.record import read_events, verify_record
from operando.protocols.record.sessions import is_parked
from operando.protocols.runner import Ending, RunOptions, Steering


def test_a_run_whose_microscope_is_gone_is_parked_without_fiducials(tmp_path: Path) -> None:
    bench, folder = SimulatedBench.open(), tmp_path / "run"
    asked_s: list[float] = []

    def cut(steering: Steering) -> None:
        bench.unplug("sem", steering.now_s)

    def park(steering: Steering) -> None:
        asked_s.append(steering.now_s)
        steering.park("eva", "the microscope is broken")

    outcome = bench.run(SEEN, folder, RunOptions(steered_by=at_times({120.0: cut, 200.0: park})))
    assert outcome.ending is Ending.PARKED and is_parked(folder), outcome.reason
    assert bench.bench.clock.now() - asked_s[0] < 120.0, "the links are waited for at the safe end only"
    assert {state.instrument for state in outcome.safe_states if state.safety is Safety.UNKNOWN} == {"sem"}
    events = read_events(folder)
    (none,) = [event for event in events if event["kind"] == "no fiducials"]
    assert "will have to be confirmed" in str(none["message"])
    verdict = verify_record(folder)
    assert verdict.ok and verdict.parked, str(verdict)
