"""The shipped round trip: from glovebox to glovebox, with a hand-over, two days elsewhere, and people by a script."""

import math
from pathlib import Path

import pytest
from support.laboratory import SimulatedBench
from support.sessions import at_times

from operando.protocols.interlocks import Phase
from operando.protocols.record import read_events, read_frames, verify_record
from operando.protocols.record.sessions import continued_sessions
from operando.protocols.report import write_report
from operando.protocols.runner import Ending, RunOptions, Steering, continue_program
from operando.protocols.runner.operator_script import ScriptedPerson, parse_answers
from operando.protocols.shipped import shipped_answers, shipped_protocol
from operando.simulators.world.box_journey import BoxPlace

PARKED_S = 6.0 * 3600.0
AWAY_S = 2.0 * 86400.0
TURNED_RAD, SHIFT_M = math.radians(3.0), (0.3e-3, 0.25e-3)


@pytest.mark.timeout(600)
def test_the_shipped_round_trip_is_one_record_that_tells_the_story_by_phase(tmp_path: Path) -> None:
    bench, folder = SimulatedBench.open("sim-glovebox"), tmp_path / "run"
    clock, journey = bench.bench.clock, bench.world.journey
    script = parse_answers(shipped_answers("round_trip"), "answers.yaml")
    program = shipped_protocol("round_trip")
    script.require_fits(program)
    person = ScriptedPerson(script, clock, bench.bench.links.people())

    def park(steering: Steering) -> None:
        steering.park("Second Operator", "the cell is cycled elsewhere")

    def steered_by(steering: Steering) -> None:
        script.steers(steering)
        at_times({PARKED_S: park})(steering)

    parked = bench.run_program(program, folder, RunOptions(operator=person, steered_by=steered_by))
    assert parked.ending is Ending.PARKED and parked.confirmed_safe, parked.reason
    clock.sleep_until(clock.now() + AWAY_S)
    bench.world.specimen.put_back(TURNED_RAD, SHIFT_M)
    outcome = continue_program(program, bench.bench, folder, options=RunOptions(operator=person))
    assert outcome.ending is Ending.COMPLETED, outcome.reason
    assert continued_sessions(folder)[0].recognised == "fiducials"
    assert journey.place is BoxPlace.GLOVEBOX and not journey.lid_open and not journey.met_air
    verdict = verify_record(folder)
    assert verdict.ok and verdict.closed, str(verdict)
    _tells_the_story(folder)


def _tells_the_story(folder: Path) -> None:
    events = read_events(folder)
    entered = [event for event in events if event["source"] == "phase" and event["kind"] == "entered"]
    phases = [str(event["phase_entered"]) for event in entered]
    assert phases == [*Phase, Phase.GLOVEBOX]
    answers = [event for event in events if event["source"] == "operator" and event["kind"] == "answer"]
    assert len(answers) == 9 and {event["who"] for event in answers} == {"First Operator", "Second Operator"}
    assert any(event["kind"] == "handed over" for event in events), "in the middle"
    (passed,) = (event for event in events if event["source"] == "leak test" and event["kind"] == "passed")
    assert float(str(passed["uncertainty_Pa_m3_per_s"])) < float(str(passed["limit_Pa_m3_per_s"]))
    assert {row.region for row in read_frames(folder)} == {"anode", "cathode", "control"}
    page = write_report(folder).page.read_text(encoding="utf-8")
    assert "The story by phase" in page and "Leak test" in page and "hydrogen sulfide" in page
