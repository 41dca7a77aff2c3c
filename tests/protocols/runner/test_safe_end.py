"""Whatever ends a run, cell and beam are safe in the simulated world, and nothing unknown is called safe."""

import os
import signal
from pathlib import Path

import pytest
from support.laboratory import SimulatedBench
from support.run_protocols import CYCLING_ONLY, HEAD, SHORT

from operando.drivers.roles import SafeState, Safety
from operando.protocols.record import open_samples, read_events, read_frames, verify_record
from operando.protocols.runner import Ending, Override, RunOptions, RunOutcome

IN_CHARGE_S = 400.0
"""A run time at which SHORT charges the cell."""

GAVE_UP = RunOptions(wait_for_links_s=0.0)


def safety_of(outcome: RunOutcome, instrument: str) -> set[Safety]:
    return {state.safety for state in outcome.safe_states if state.instrument == instrument}


def beam_blanked(bench: SimulatedBench) -> bool:
    return not bench.world.beam.on_specimen


def cell_current_A(bench: SimulatedBench) -> float:
    """What really flows, by the world's own word."""
    bench.world.advance(bench.bench.clock.now())
    return bench.world.cell.measure(bench.bench.clock.now())[1]


def test_everything_is_safe_after_a_good_run(tmp_path: Path) -> None:
    bench = SimulatedBench.open()
    outcome = bench.run(SHORT, tmp_path / "run")
    assert {state.safety for state in outcome.safe_states} == {Safety.CONFIRMED}
    assert beam_blanked(bench) and cell_current_A(bench) == 0.0


def test_an_unplugged_potentiostat_is_unknown_and_its_script_ends_by_itself(tmp_path: Path) -> None:
    bench = SimulatedBench.open()
    bench.unplug("potentiostat", IN_CHARGE_S)
    outcome = bench.run(SHORT, tmp_path / "run", GAVE_UP)
    assert (outcome.ending, outcome.exit_code) == (Ending.FAILED, 4)
    assert "TransportClosed" in outcome.reason
    assert safety_of(outcome, "potentiostat") == {Safety.UNKNOWN}
    assert safety_of(outcome, "sem") == safety_of(outcome, "eds") == {Safety.CONFIRMED}
    assert beam_blanked(bench)
    assert cell_current_A(bench) > 1e-4, "the instrument goes on with its step"

    end_of_step_s = IN_CHARGE_S + 3600.0
    bench.bench.clock.sleep_until(end_of_step_s)
    assert cell_current_A(bench) == 0.0, "its own script has ended the step"
    truth = [bench.world.cell.at(IN_CHARGE_S + 60 * minute).voltage_V for minute in range(60)]
    assert max(truth) < 4.35 and min(truth) > 2.8

    verdict = verify_record(tmp_path / "run")
    assert verdict.ok, str(verdict)
    assert open_samples(tmp_path / "run")["time_s"][-1] > IN_CHARGE_S - 10.0
    assert any("unknown" in str(event["kind"]) for event in read_events(tmp_path / "run"))


def test_a_link_that_returns_within_the_run_is_made_safe_within_five_seconds(tmp_path: Path) -> None:
    bench = SimulatedBench.open()
    bench.unplug("potentiostat", IN_CHARGE_S, IN_CHARGE_S + 20.0)
    outcome = bench.run(SHORT, tmp_path / "run")
    assert (outcome.ending, outcome.exit_code) == (Ending.FAILED, 1), "failed, but everything is confirmed"
    assert safety_of(outcome, "potentiostat") == {Safety.CONFIRMED}
    assert cell_current_A(bench) == 0.0
    (confirmed,) = [
        float(str(event["test_time_second"]))
        for event in read_events(tmp_path / "run")
        if event["source"] == "safety" and event["kind"] == "confirmed" and "potentiostat" in str(event["message"])
    ]
    assert IN_CHARGE_S + 20.0 <= confirmed <= IN_CHARGE_S + 25.0


def test_an_unplugged_microscope_is_unknown_and_its_beam_blanks_itself(tmp_path: Path) -> None:
    bench = SimulatedBench.open()
    bench.unplug("sem", IN_CHARGE_S)
    outcome = bench.run(SHORT, tmp_path / "run", GAVE_UP)
    assert (outcome.ending, outcome.exit_code) == (Ending.COMPLETED, 4), "cycling goes on; the beam is not known"
    assert Safety.UNKNOWN in safety_of(outcome, "sem")
    assert safety_of(outcome, "potentiostat") == {Safety.CONFIRMED}
    assert beam_blanked(bench) and cell_current_A(bench) == 0.0
    assert read_frames(tmp_path / "run"), "what was taken before is in the record"
    assert verify_record(tmp_path / "run").ok


def test_interrupted_and_confirmed_safe(tmp_path: Path) -> None:
    """A real SIGINT, sent when the run is well under way."""

    class Impatient:
        def step_started(self, running: object) -> None:
            if getattr(running, "name", "") == "charge":
                os.kill(os.getpid(), signal.SIGINT)

        def samples(self, block: object) -> None:
            pass

        def pictures(self, count: int) -> None:
            pass

        def message(self, time_s: float, text: str) -> None:
            pass

    bench = SimulatedBench.open()
    before = signal.getsignal(signal.SIGINT)
    outcome = bench.run(SHORT, tmp_path / "run", RunOptions(observer=Impatient()))
    assert signal.getsignal(signal.SIGINT) is before
    assert (outcome.ending, outcome.exit_code) == (Ending.INTERRUPTED, 3)
    assert beam_blanked(bench) and cell_current_A(bench) == 0.0
    verdict = verify_record(tmp_path / "run")
    assert verdict.ok and verdict.closed, str(verdict)


def test_a_limit_of_the_instrument_ends_the_run(tmp_path: Path) -> None:
    """The window is narrower than the step: the potentiostat's own guard must end it before the host does."""
    protocol = HEAD.replace("4.35 V", "3.6 V") + "cycling:\n  - Charge at C/10 for 2 hours\n"
    bench = SimulatedBench.open()
    outcome = bench.run(protocol, tmp_path / "run")
    assert (outcome.ending, outcome.exit_code) == (Ending.FAILED, 1)
    assert "voltage limit" in outcome.reason
    samples = open_samples(tmp_path / "run")
    assert samples["voltage_V"].max() == pytest.approx(3.6, abs=2e-3)


def test_a_failed_pre_flight_stops_unless_somebody_answers_for_it(tmp_path: Path) -> None:
    protocol = HEAD.replace("2.8 V", "3.8 V") + "cycling:\n  - Rest for 1 minute\n"
    outcome = SimulatedBench.open().run(protocol, tmp_path / "stopped")
    assert outcome.ending is Ending.FAILED
    assert "voltage limit" in outcome.reason or "pre-flight" in outcome.reason


def test_an_override_is_recorded_with_reason_and_name(tmp_path: Path) -> None:
    bench = SimulatedBench.open()
    bench.laboratory.wire_faults("box").unplugged_between.append((1.0, float("inf")))
    options = RunOptions(override=Override("the box gauge is at the workshop", "A. Scientist"), wait_for_links_s=0.0)
    bench.run(CYCLING_ONLY, tmp_path / "run", options)
    assert read_events(tmp_path / "run")


@pytest.mark.parametrize("fault", ["pump", "leak"])
def test_interlocks_end_the_run_with_the_beam_blanked(tmp_path: Path, fault: str) -> None:
    bench = SimulatedBench.open()
    if fault == "pump":
        bench.world.call_at(IN_CHARGE_S, bench.world.chamber.stop_pump)
    else:
        bench.world.call_at(IN_CHARGE_S, lambda now: bench.world.box.inject_leak(1e-3, now))
    rules = "interlocks: [{shipped: chamber vacuum, also: end run}, {shipped: box leak, also: end run}]\n"
    outcome = bench.run(SHORT.replace("for 10 minutes", "for 5 hours") + rules, tmp_path / "run")
    assert (outcome.ending, outcome.exit_code) == (Ending.FAILED, 1), outcome.reason
    assert "interlock" in outcome.reason
    assert beam_blanked(bench) and cell_current_A(bench) == 0.0


def test_no_state_but_confirmed_counts_as_safe() -> None:
    for safety in Safety:
        outcome = RunOutcome(Path(), Ending.COMPLETED, "", (SafeState("cell", safety, ""),))
        assert outcome.confirmed_safe is (safety is Safety.CONFIRMED)
        assert (outcome.exit_code == 0) is (safety is Safety.CONFIRMED)
