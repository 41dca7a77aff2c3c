"""A run that was parked in the open box is continued: cell and beam are let alone until the box stands there again."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import JsonValue
from support.journeys import ANSWERS, JOURNEY, microscope_of
from support.laboratory import SimulatedBench
from support.mortal_run import MortalRun

from operando.protocols.document import parse_protocol
from operando.protocols.reading import open_run
from operando.protocols.record import verify_record
from operando.protocols.record.sessions import is_parked
from operando.protocols.runner import Ending, Returning, RunOptions, RunOutcome, continue_program
from operando.protocols.runner.operator_script import ScriptedPerson, parse_answers
from operando.protocols.sessions import Consent

QUESTION = "  - {to: The session begins, answer: confirmed, after: 1 min}\n"
PARK = "meanwhile:\n  - {at: 75 min, do: park, by: eva, text: the night}\n"
DONE_TO_THEM = {"start step", "high voltage on", "apply beam conditions", "move stage", "scan of the sample", "scan"}
Deed = dict[str, JsonValue]
HOME: tuple[Deed, ...] = (
    {"physics": "close lid"},
    {"physics": "vent"},
    {"physics": "carry box", "to": "air"},
    {"physics": "carry box", "to": "glovebox"},
    {"physics": "fill box", "pressure_Pa": 110000},
)
BACK: tuple[Deed, ...] = (
    {"physics": "carry box", "to": "air"},
    {"physics": "carry box", "to": "chamber"},
    {"physics": "pump"},
)


def parked(bench: SimulatedBench, folder: Path) -> float:
    """A run whose first session has ended in the open box; the time of that."""
    script = parse_answers(ANSWERS + PARK, "answers.yaml")
    person = ScriptedPerson(script, bench.bench.clock, bench.bench.links.people())
    options = RunOptions(operator=person, steered_by=script.steers)
    outcome = bench.run_program(parse_protocol(JOURNEY), folder, options)
    assert outcome.ending is Ending.PARKED, outcome.reason
    assert not microscope_of(bench).high_voltage_on, "people close the box, and vent"
    return bench.bench.clock.now()


def people_do(bench: SimulatedBench, deeds: tuple[Deed, ...]) -> None:
    people, clock = bench.bench.links.people(), bench.bench.clock
    assert people is not None
    for deed in deeds:
        people.obey(deed, clock.now())
        clock.sleep_until(clock.now() + 900.0)


def come_back(bench: SimulatedBench, folder: Path, answers: str) -> RunOutcome:
    person = ScriptedPerson(parse_answers(answers, "answers.yaml"), bench.bench.clock, bench.bench.links.people())
    returning = Returning(sample=Consent("eva", "nobody has touched it"))
    return continue_program(parse_protocol(JOURNEY), bench.bench, folder, returning, RunOptions(operator=person))


def stays(bench: SimulatedBench) -> None:
    del bench


def goes_home(bench: SimulatedBench) -> None:
    people_do(bench, HOME)


def closed_in_vacuum(bench: SimulatedBench) -> None:
    people_do(bench, HOME + BACK)


@pytest.mark.parametrize(
    ("meanwhile", "answer", "says"),
    [
        (stays, "", "no answer"),
        (stays, QUESTION.replace("confirmed", "not confirmed"), "which ends the run"),
        (goes_home, QUESTION, "chamber"),
        (closed_in_vacuum, QUESTION, "box"),
    ],
    ids=["nobody answers", "it is not so", "it is in the glovebox", "it is closed"],
)
def test_until_person_and_gauges_say_so_the_run_stays_parked(
    tmp_path: Path, meanwhile: Callable[[SimulatedBench], None], answer: str, says: str
) -> None:
    bench, folder = SimulatedBench.open("sim-glovebox"), tmp_path / "run"
    since_s = parked(bench, folder)
    meanwhile(bench)
    outcome = come_back(bench, folder, ANSWERS.replace(QUESTION, answer))
    assert outcome.ending is Ending.FAILED and says in outcome.reason, outcome.reason
    assert outcome.reason.endswith("it stays parked") and is_parked(folder) and verify_record(folder).parked
    done = {one.action for one in open_run(folder).journal if one.time_s > since_s}
    assert not done & DONE_TO_THEM, done
    assert not microscope_of(bench).high_voltage_on and not bench.world.journey.met_air
    meanwhile_ago = open_run(folder).samples["time_s"].max()
    assert meanwhile_ago <= since_s, "the cell is not connected"


def test_the_box_that_went_home_and_came_back_is_gone_on_with(tmp_path: Path) -> None:
    bench, folder = SimulatedBench.open("sim-glovebox"), tmp_path / "run"
    since_s = parked(bench, folder)
    people_do(bench, (*HOME, *BACK))
    opens = QUESTION.replace("after: 1 min}", "after: 5 min, by: Ada, does: [{at: 2 min, physics: open lid}]}")
    outcome = come_back(bench, folder, ANSWERS.replace(QUESTION, opens))
    assert outcome.ending is Ending.COMPLETED, outcome.reason
    run = open_run(folder)
    (said,) = [event for event in run.events if event.kind == "answer" and event.details["who"] == "Ada"]
    (here,) = [event for event in run.events if event.source == "phase" and event.kind == "taken up"]
    assert said.time_s <= here.time_s and here.details["phase_entered"] == "observe"
    effects_s = [one.time_s for one in run.journal if one.time_s > since_s and one.action in DONE_TO_THEM]
    assert min(effects_s) >= here.time_s
    assert run.frames.rows[-1].start_s > here.time_s
    verdict = verify_record(folder)
    assert verdict.ok and verdict.closed, str(verdict)


@pytest.mark.parametrize(
    "last_words", [b'"kind":"question","message":"The session', b'"kind":"taken up"'], ids=["asked", "confirmed"]
)
def test_killed_before_the_session_has_begun_it_is_asked_again(last_words: bytes, tmp_path: Path) -> None:
    run = MortalRun(JOURNEY, tmp_path / "run", without=("eds",), bench="sim-glovebox")
    script = parse_answers(ANSWERS + PARK, "answers.yaml")

    def people() -> ScriptedPerson:
        return ScriptedPerson(script, run.clock, run.people)

    outcome = run.start(options=RunOptions(operator=people(), steered_by=script.steers))
    assert outcome is not None and outcome.ending is Ending.PARKED, outcome
    returning = Returning(sample=Consent("eva", "nobody has touched it"))
    assert run.continue_(returning=returning, options=RunOptions(operator=people()), die_at=last_words) is None
    assert is_parked(run.folder) and verify_record(run.folder).parked
    outcome = run.continue_(returning=returning, options=RunOptions(operator=people()))
    assert outcome is not None and outcome.ending is Ending.COMPLETED, outcome
    asked = [event for event in open_run(run.folder).events if event.kind == "question" and "session" in event.message]
    assert len(asked) == 2
    assert verify_record(run.folder).ok
