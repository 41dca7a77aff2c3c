"""A run that is killed on the way of the box comes back in its phase, and what had tripped is still tripped."""

import os
from pathlib import Path

import pytest
from support.journeys import ANSWERS, JOURNEY
from support.mortal_run import MortalRun
from support.run_protocols import HEAD

from operando.protocols.interlocks import Phase
from operando.protocols.reading import open_run
from operando.protocols.record import read_events, verify_record
from operando.protocols.runner import Ending, RunOptions
from operando.protocols.runner.operator_script import ScriptedPerson, parse_answers
from operando.simulators.world.box_journey import BoxPlace

SWITCHED_ON = {"physics": "operator at microscope", "instrument": "sem", "high_voltage": "on"}
LOOKING = HEAD + (
    "cycling:\n  - {name: settle, step: Rest for 8 minutes}\n"
    "regions:\n  anode: {stage: {x: 1.200 mm, y: -0.350 mm}, width: 120 um}\n"
    "captures:\n  slow: {regions: [anode], detectors: [SE], pixels: [64, 48], dwell: 10 us, "
    "beam: {voltage: 5 kV, current: 100 pA}}\n"
    "when: [{every: 30 s, capture: slow}]\n"
)


def people(mortal: MortalRun) -> RunOptions:
    script = parse_answers(ANSWERS, "answers.yaml")
    return RunOptions(operator=ScriptedPerson(script, mortal.clock, mortal.people))


FULL = os.environ.get("OPERANDO_FULL") == "1"
PHASES = list(Phase) if FULL else [Phase.TRANSFER, Phase.OBSERVE, Phase.VENT]


@pytest.mark.parametrize("phase", PHASES, ids=str)
def test_killed_as_a_phase_begins_it_goes_on_there(phase: Phase, tmp_path: Path) -> None:
    mortal = MortalRun(JOURNEY, tmp_path / "run", without=("eds",), bench="sim-glovebox")
    entered = f'"what":"phase","details":{{"phase":"{phase}"'.encode()
    assert mortal.start(options=people(mortal), die_at=entered) is None, "it was killed"
    outcome = mortal.resume(options=people(mortal))
    assert outcome is not None and outcome.ending is Ending.COMPLETED, outcome
    events = [event for event in read_events(tmp_path / "run") if event["source"] == "phase"]
    taken_up = next(event for event in events if event["kind"] == "taken up")
    assert taken_up["phase_entered"] == phase
    way = [str(event["phase_entered"]) for event in events if event["kind"] == "entered"]
    assert way[-1] == Phase.GLOVEBOX and set(way) | {str(phase)} == set(Phase)
    assert mortal.laboratory.world.journey.place is BoxPlace.GLOVEBOX and not mortal.laboratory.world.journey.met_air
    verdict = verify_record(tmp_path / "run")
    assert verdict.ok, str(verdict)


def test_killed_as_the_visit_begins_no_picture_is_taken_before_cell_and_beam_were_looked_at(tmp_path: Path) -> None:
    often = JOURNEY.replace("every: 2 min", "every: 20 s")
    mortal = MortalRun(often, tmp_path / "run", without=("eds",), bench="sim-glovebox")
    assert mortal.start(options=people(mortal), die_at=b'"what":"phase","details":{"phase":"observe"') is None
    outcome = mortal.resume(options=people(mortal))
    assert outcome is not None and outcome.ending is Ending.COMPLETED, outcome
    run = open_run(tmp_path / "run")
    looked_s = max(event.time_s for event in run.events if event.source == "pre-flight")
    assert [one for one in run.journal if one.action == "scan (beam test)" and one.time_s < looked_s]
    scans_s = [one.time_s for one in run.journal if one.action == "scan"]
    assert scans_s and min(scans_s) > looked_s


def test_a_leak_test_that_was_passed_need_not_be_done_again(tmp_path: Path) -> None:
    mortal = MortalRun(JOURNEY, tmp_path / "run", without=("eds",), bench="sim-glovebox")
    assert mortal.start(options=people(mortal), die_at=b"Ready to carry it?") is None
    outcome = mortal.resume(options=people(mortal))
    assert outcome is not None and outcome.ending is Ending.COMPLETED, outcome
    kinds = [event["kind"] for event in read_events(tmp_path / "run") if event["source"] == "leak test"]
    assert kinds == ["begun", "passed"]


def test_a_high_voltage_that_is_found_on_where_the_box_is_closed_is_switched_off_and_told(tmp_path: Path) -> None:
    mortal = MortalRun(JOURNEY, tmp_path / "run", without=("eds",), bench="sim-glovebox")
    assert mortal.start(options=people(mortal), die_at=b'"question","message":"Is the lid closed?"') is None
    mortal.people.obey(SWITCHED_ON, mortal.clock.now())
    outcome = mortal.resume(options=people(mortal))
    assert outcome is not None and outcome.ending is Ending.COMPLETED, outcome
    events = read_events(tmp_path / "run")
    (found,) = [event for event in events if event["kind"] == "high voltage not off"]
    (taken_up,) = [event for event in events if event["kind"] == "taken up"]
    assert taken_up["phase_entered"] == Phase.CLOSE and "in the phase 'close', which needs it off" in str(
        found["message"]
    )
    assert float(str(found["test_time_second"])) - float(str(taken_up["test_time_second"])) < 20.0


def test_what_had_tripped_is_still_tripped_after_a_resume(tmp_path: Path) -> None:
    mortal = MortalRun(LOOKING, tmp_path / "run", without=("eds",))
    world = mortal.laboratory.world
    world.call_at(120.0, world.chamber.stop_pump)
    assert mortal.start(die_at=b'"kind":"tripped","message":"chamber vacuum') is None
    world.chamber.pump(mortal.clock.now())
    outcome = mortal.resume(down_s=120.0)
    assert outcome is not None and outcome.ending is Ending.COMPLETED, outcome
    events = read_events(tmp_path / "run")
    resumed_s = next(float(str(event["test_time_second"])) for event in events if event["kind"] == "resumed")
    after = [event for event in events if float(str(event["test_time_second"])) > resumed_s]
    refused = [str(event["why"]) for event in after if event["kind"] == "capture not taken"]
    refused.remove("the run was killed before it was done")
    assert refused and all("interlock 'chamber vacuum'" in message for message in refused)
    assert not [event for event in after if event["kind"] == "capture taken"], "nobody has cleared it"
