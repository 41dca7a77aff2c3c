"""What the runner does when a rule trips: by the simulated world's truth, not by the runner's word."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_mock import MockerFixture
from support.laboratory import SimulatedBench
from support.run_protocols import HEAD
from support.watching import Watching
from support.witness import Witness

from operando.protocols.interlocks import NotCleared
from operando.protocols.record import read_events
from operando.protocols.runner import Ending, RunOptions
from operando.protocols.runner.steering import Steering
from operando.simulators.gauges import Keller33X

LIMIT_Pa = 0.1
FAULT_S = 180.0
LOOKING = """\
regions:
  anode: {stage: {x: 1.200 mm, y: -0.350 mm}, width: 120 um}
captures:
  slow: {regions: [anode], detectors: [SE], pixels: [64, 48], dwell: 4 ms, beam: {voltage: 5 kV, current: 100 pA}}
when: [{every: 30 s, capture: slow}]
"""
CYCLED = HEAD + "cycling:\n  - {name: charge, step: Charge at C/10 for 8 minutes}\n" + LOOKING


def hardware_interlock_off(bench: SimulatedBench, mocker: MockerFixture) -> None:
    """The microscope's own vacuum interlock has failed: it would allow a beam at any pressure."""
    mocker.patch.object(bench.world.chamber, "ready", lambda now: True)


def events(folder: Path, kind: str) -> list[dict[str, object]]:
    return [dict(event) for event in read_events(folder) if event["source"] == "interlock" and event["kind"] == kind]


def at_s(event: dict[str, object]) -> float:
    return float(str(event["test_time_second"]))


def steering(bench: SimulatedBench, at: dict[float, Callable[[Steering], None]]) -> RunOptions:
    """Options of a run in which somebody does something at some times."""
    watching = Watching(bench.bench.clock, at)
    return RunOptions(steered_by=watching.steered_by, observer=watching)


def test_a_lost_vacuum_blanks_the_beam_and_cycling_goes_on(tmp_path: Path, mocker: MockerFixture) -> None:
    bench = SimulatedBench.open()
    hardware_interlock_off(bench, mocker)
    witness = Witness(bench)
    bench.world.call_at(FAULT_S, bench.world.chamber.stop_pump)
    outcome = bench.run(CYCLED, tmp_path / "run")
    assert (outcome.ending, outcome.exit_code) == (Ending.COMPLETED, 0), outcome.reason
    assert any(seen.beam_on for seen in witness.seen if seen.time_s < FAULT_S), "there was a beam to blank"
    bad_s = next(seen.time_s for seen in witness.seen if seen.chamber_Pa > LIMIT_Pa)
    assert witness.after(bad_s, lambda seen: not seen.beam_on) <= 3.0
    assert not any(seen.beam_on for seen in witness.seen if seen.time_s > bad_s + 3.0)
    charging = [seen for seen in witness.seen if bad_s < seen.time_s < bad_s + 200]
    assert all(seen.current_A > 1e-4 for seen in charging), "cycling went on"
    trip = events(tmp_path / "run", "tripped")[0]
    assert trip["rule"] == "chamber vacuum" and trip["cleared_by"] == "operator"
    refused = [e["message"] for e in read_events(tmp_path / "run") if e["kind"] == "capture not taken"]
    assert len(refused) > 3 and all("interlock 'chamber vacuum'" in str(message) for message in refused)


def test_the_operator_clears_it_with_a_reason_and_pictures_are_taken_again(
    tmp_path: Path, mocker: MockerFixture
) -> None:
    bench = SimulatedBench.open()
    hardware_interlock_off(bench, mocker)
    witness = Witness(bench)
    bench.world.call_at(FAULT_S, bench.world.chamber.stop_pump)
    bench.world.call_at(FAULT_S + 60.0, bench.world.chamber.pump)
    refusals: list[str] = []

    def too_early(steer: Steering) -> None:
        for reason in ("", "hopefully mended"):
            with pytest.raises(NotCleared) as caught:
                steer.acknowledge("chamber vacuum", "A. Scientist", reason)
            refusals.append(str(caught.value))

    def cleared(steer: Steering) -> None:
        steer.acknowledge("chamber vacuum", "A. Scientist", "the pump had no power")

    options = steering(bench, {FAULT_S + 40.0: too_early, FAULT_S + 240.0: cleared})
    outcome = bench.run(CYCLED, tmp_path / "run", options)
    assert outcome.ending is Ending.COMPLETED, outcome.reason
    assert "without a reason" in refusals[0] and "is not clear" in refusals[1]
    (event,) = events(tmp_path / "run", "cleared")
    assert (event["who"], event["message"], event["rule"]) == (
        "A. Scientist",
        "the pump had no power",
        "chamber vacuum",
    )
    assert not any(seen.beam_on for seen in witness.seen if FAULT_S + 60.0 < seen.time_s < at_s(event))
    assert any(seen.beam_on for seen in witness.seen if seen.time_s > at_s(event))


def test_a_rule_of_the_document_ends_the_run_with_cell_and_beam_safe(tmp_path: Path) -> None:
    bench = SimulatedBench.open()
    witness = Witness(bench)
    bench.world.call_at(FAULT_S, lambda now: bench.world.box.inject_leak(1e-2, now))
    own = "interlocks:\n  - {name: low box, when: {gauge: box, falls_below: 1.09 bar}, action: end run}\n"
    outcome = bench.run(CYCLED + own, tmp_path / "run")
    assert (outcome.ending, outcome.exit_code) == (Ending.FAILED, 1)
    assert "interlock 'low box': the box pressure is" in outcome.reason
    trip = next(event for event in events(tmp_path / "run", "tripped") if event["rule"] == "low box")
    assert witness.after(at_s(trip), lambda seen: not seen.beam_on and seen.current_A == 0.0) <= 1.0


def test_a_cell_rule_rests_the_cell_until_it_is_cleared_and_imaging_goes_on(tmp_path: Path) -> None:
    bench = SimulatedBench.open()
    witness = Witness(bench, until_s=1500.0)
    gauge = bench.laboratory.instruments["box"]
    assert isinstance(gauge, Keller33X)

    def reads(bar: float | None) -> Callable[[float], None]:
        return lambda now: setattr(gauge.settings, "stuck_bar", bar)

    bench.world.call_at(FAULT_S, reads(1.3))
    bench.world.call_at(FAULT_S + 130.0, reads(None))
    own = "interlocks: [{name: box too full, when: {gauge: box, rises_above: 1.2 bar}, action: hold cycling}]\n"
    held: list[bool] = []

    def goes_on_regardless(steer: Steering) -> None:
        steer.continue_cycling("an impatient person")
        held.append(steer.cycling_held)

    def clears(steer: Steering) -> None:
        steer.acknowledge("box too full", "A. Scientist", "the regulator was set back")
        held.append(steer.cycling_held)

    options = steering(bench, {FAULT_S + 90.0: goes_on_regardless, FAULT_S + 260.0: clears})
    outcome = bench.run(CYCLED + own, tmp_path / "run", options)
    assert outcome.ending is Ending.COMPLETED, outcome.reason
    assert held == [True, False], "what an interlock holds, nobody lets go on without clearing it"
    (trip,) = events(tmp_path / "run", "tripped")
    (cleared,) = events(tmp_path / "run", "cleared")
    resting = [seen for seen in witness.seen if at_s(trip) + 10.0 < seen.time_s < at_s(cleared)]
    assert resting and all(seen.current_A == 0.0 for seen in resting)
    assert any(seen.beam_on for seen in resting), "imaging goes on"
    assert any(seen.current_A > 1e-4 for seen in witness.seen if seen.time_s > at_s(cleared)), "so does cycling, then"


@pytest.mark.parametrize("fault", ["silent", "slow", "unplugged"])
def test_the_beam_never_waits_for_the_potentiostat(fault: str, tmp_path: Path, mocker: MockerFixture) -> None:
    bench = SimulatedBench.open()
    hardware_interlock_off(bench, mocker)
    witness = Witness(bench)
    bench.world.call_at(FAULT_S, bench.world.chamber.vent)
    wire = bench.laboratory.wire_faults("potentiostat")
    match fault:
        case "silent":
            wire.silent_between.append((FAULT_S - 1.0, float("inf")))
        case "slow":
            bench.world.call_at(FAULT_S, lambda now: setattr(wire, "late_by_s", 0.4))
        case "unplugged":
            wire.unplugged_between.append((FAULT_S + 1.0, float("inf")))
    own = "interlocks: [{shipped: chamber vacuum, also: end run}]\n"
    outcome = bench.run(CYCLED + own, tmp_path / "run", RunOptions(wait_for_links_s=0.0))
    assert outcome.ending is Ending.FAILED
    bench.world.advance(bench.bench.clock.now())
    bad_s = next(seen.time_s for seen in witness.seen if seen.chamber_Pa > LIMIT_Pa)
    assert witness.after(bad_s, lambda seen: not seen.beam_on) <= 3.0
