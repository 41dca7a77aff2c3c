"""Questions to people: confirmed, chosen, typed with a unit, beside a picture; refused, late, and what ends a run."""

from pathlib import Path

import pytest
from support.laboratory import SimulatedBench
from support.run_protocols import HEAD

from operando.protocols.program import AskedValue, AskOperator
from operando.protocols.record import read_events, read_frames
from operando.protocols.runner import Ending, RunOptions, RunOutcome, ScriptedOperator
from operando.protocols.runner.answers import asked_for, value_of
from operando.protocols.runner.operator_script import ScriptedPerson, parse_answers

PRESSURE = AskedValue("kPa", "Pa", 90e3, 120e3)
PICTURED = """\
regions:
  anode: {stage: {x: 1.200 mm, y: -0.350 mm}, width: 120 um}
captures:
  overview: {regions: [anode], detectors: [SE], pixels: [64, 48], dwell: 10 us, beam: {voltage: 5 kV, current: 100 pA}}
"""


def ask(entry: str, folder: Path, *answers: str, more: str = "", before: str = "") -> RunOutcome:
    text = HEAD + "cycling:\n" + before + f"  - {entry}\n" + more
    return SimulatedBench.open().run(text, folder, RunOptions(operator=ScriptedOperator(*answers, who="A. Scientist")))


def operator_events(folder: Path) -> list[tuple[object, ...]]:
    events = [event for event in read_events(folder) if event["source"] == "operator"]
    return [(event["kind"], event["message"], event.get("who")) for event in events]


def test_a_value_is_typed_with_its_unit_and_recorded_in_si(tmp_path: Path) -> None:
    entry = "{ask: What does the gauge read?, value: kPa, between: [90 kPa, 120 kPa]}"
    outcome = ask(entry, tmp_path / "run", "1013 mbar")
    assert outcome.ending is Ending.COMPLETED
    question, answer = (event for event in read_events(tmp_path / "run") if event["source"] == "operator")
    assert question["asked_for"] == "a value in kPa from 90 to 120"
    assert (answer["message"], answer["Pa"], answer["who"]) == ("1013 mbar", 101300.0, "A. Scientist")


def test_what_is_no_answer_is_refused_with_words_recorded_and_asked_again(tmp_path: Path) -> None:
    entry = "{ask: What does the gauge read?, value: kPa, between: [90 kPa, 120 kPa]}"
    ask(entry, tmp_path / "run", "5 V", "101", "2 bar", "100 kPa")
    kinds = [kind for kind, _, _ in operator_events(tmp_path / "run")]
    assert kinds == ["question", "answer refused", "answer refused", "answer refused", "answer"]
    words = [str(message) for kind, message, _ in operator_events(tmp_path / "run") if kind == "answer refused"]
    assert "is not a pressure" in words[0] and "has no unit" in words[1] and "it is outside" in words[2]


@pytest.mark.parametrize(
    ("entry", "answers", "ending", "said"),
    [
        ("{ask: Is it open?, confirm: true}", ("confirmed",), Ending.COMPLETED, ""),
        ("{ask: Is it open?, confirm: true}", ("not confirmed",), Ending.FAILED, "which ends the run"),
        ("{ask: Is it open?, confirm: true, ends_run_if: []}", ("not confirmed",), Ending.COMPLETED, ""),
        ("{ask: Go on?, answers: ['yes', 'no'], ends_run_if: 'no'}", ("no",), Ending.FAILED, "which ends the run"),
        ("{ask: Go on?, answers: ['yes', 'no'], ends_run_if: 'no', otherwise: 'no'}", (), Ending.FAILED, "by nobody"),
        ("{ask: Go on?, answers: ['yes', 'no'], otherwise: 'yes'}", (), Ending.COMPLETED, ""),
        ("{ask: Go on?, answers: ['yes', 'no']}", ("perhaps",), Ending.FAILED, "NobodyAnswered"),
        ("{ask: What?, value: degC, otherwise: 25 degC}", (), Ending.COMPLETED, ""),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_how_a_question_ends(entry: str, answers: tuple[str, ...], ending: Ending, said: str, tmp_path: Path) -> None:
    outcome = ask(entry, tmp_path / "run", *answers)
    assert outcome.ending is ending and said in outcome.reason
    assert outcome.confirmed_safe


def test_the_newest_picture_is_named_beside_the_question(tmp_path: Path) -> None:
    before = "  - {capture: overview, cell: rest, at_most: 5 min}\n" * 2
    entry = "{ask: Is it sharp?, answers: ['yes', 'no'], picture: overview/anode}"
    ask(entry, tmp_path / "run", "yes", more=PICTURED, before=before)
    newest = read_frames(tmp_path / "run")[-1]
    question = next(event for event in read_events(tmp_path / "run") if event["kind"] == "question")
    assert (question["picture"], question["frame"], question["file"]) == ("overview/anode", newest.number, newest.file)


def test_there_may_be_no_picture_yet(tmp_path: Path) -> None:
    entry = "{ask: Is it sharp?, answers: ['yes', 'no'], picture: overview}"
    assert ask(entry, tmp_path / "run", "yes", more=PICTURED).ending is Ending.COMPLETED
    question = next(event for event in read_events(tmp_path / "run") if event["kind"] == "question")
    assert question["frame"] is None


@pytest.mark.parametrize(
    ("text", "expected"), [("101.3 kPa", 101300.0), ("1 bar", 1e5), ("90 kPa", 90e3), ("120 kPa", 120e3)]
)
def test_any_unit_of_the_kind_will_do(text: str, expected: float) -> None:
    assert value_of(AskOperator(1, 1, "?", value=PRESSURE), text) == pytest.approx(expected)


def test_what_may_be_answered_is_told_in_the_unit_that_was_asked_for() -> None:
    assert (
        asked_for(AskOperator(1, 1, "?", value=AskedValue("degC", "K", 273.15, 373.15)))
        == "a value in degC from 0 to 100"
    )
    assert asked_for(AskOperator(1, 1, "?", ("yes", "no"))) == "yes or no"
    assert asked_for(AskOperator(1, 1, "?")) == "something"


def test_a_script_that_is_refused_every_time_takes_a_second_for_each(tmp_path: Path) -> None:
    """Not even a question of the runner itself, which no check knows, is asked without end in one moment."""
    bench = SimulatedBench.open()
    perhaps = "operando_answers: 1\nanswers: [{to: O, answer: perhaps, every_time: true}]\n"
    person = ScriptedPerson(parse_answers(perhaps, "answers.yaml"), bench.bench.clock, None)
    text = HEAD + "cycling:\n  - {ask: Open?, confirm: true, at_most: 30 s}\n"
    outcome = bench.run(text, tmp_path / "run", RunOptions(operator=person))
    assert outcome.ending is Ending.FAILED and "nobody answered" in outcome.reason
    refused = [kind for kind, _, _ in operator_events(tmp_path / "run") if kind == "answer refused"]
    assert 28 <= len(refused) <= 30
