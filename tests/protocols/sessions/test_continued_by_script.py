"""`operando continue --answers FILE`: a script answers what the session asks, and wants only what is still to come."""

from pathlib import Path

import pytest
from pytest_mock import MockerFixture
from support.journeys import ANSWERS, JOURNEY
from support.laboratory import SimulatedBench

from operando.drivers.documents import DocumentError
from operando.protocols.cli.continue_ import run_continue
from operando.protocols.document import parse_protocol
from operando.protocols.record import read_events, verify_record
from operando.protocols.runner import Ending, RunOptions
from operando.protocols.runner.operator_script import ScriptedPerson, parse_answers

MEANWHILE = """\
meanwhile:
  - {at: 75 min, do: park, by: eva, text: the night}
  - {at: 78 min, do: note, by: eva, text: before the session}
  - {at: 150 min, do: note, by: eva, text: in the session}
"""
AWAY_S = 3600.0


def continued(folder: Path, answers: Path) -> int:
    return run_continue(
        folder,
        "",
        (),
        time_zone="",
        override="",
        sample_confirmed="nobody has touched it",
        import_confirmed="",
        operator="ada",
        live=False,
        json=True,
        answers=answers,
    )


def test_the_questions_of_the_session_are_answered_by_the_file(tmp_path: Path, mocker: MockerFixture) -> None:
    bench, folder, file = SimulatedBench.open("sim-glovebox"), tmp_path / "run", tmp_path / "answers.yaml"
    file.write_text(ANSWERS + MEANWHILE, encoding="utf-8")
    script = parse_answers(file.read_text(encoding="utf-8"), "answers.yaml")
    person = ScriptedPerson(script, bench.bench.clock, bench.bench.links.people())
    outcome = bench.run_program(parse_protocol(JOURNEY), folder, RunOptions(operator=person, steered_by=script.steers))
    assert outcome.ending is Ending.PARKED, outcome.reason
    bench.bench.clock.sleep_until(bench.bench.clock.now() + AWAY_S)
    # a world in virtual time ends with its process; here it has not ended
    mocker.patch("operando.protocols.cli.carrying_on.bench_of_run", return_value=bench.bench)
    assert continued(folder, file) == 0
    events = read_events(folder)
    answered = [str(event["question"]) for event in events if event["kind"] == "answer"]
    assert any(question.startswith("The session begins") for question in answered)
    assert [event["message"] for event in events if event["kind"] == "note"] == ["in the session"]
    assert verify_record(folder).closed


def test_an_answer_that_nobody_asks_for_is_refused_before_anything_is_touched(tmp_path: Path) -> None:
    bench, folder, file = SimulatedBench.open("sim-glovebox"), tmp_path / "run", tmp_path / "answers.yaml"
    script = parse_answers(ANSWERS + MEANWHILE, "answers.yaml")
    person = ScriptedPerson(script, bench.bench.clock, bench.bench.links.people())
    options = RunOptions(operator=person, steered_by=script.steers)
    assert bench.run_program(parse_protocol(JOURNEY), folder, options).ending is Ending.PARKED
    file.write_text(ANSWERS + "  - {to: Is it raining?, answer: confirmed, after: 1 min}\n", encoding="utf-8")
    with pytest.raises(DocumentError, match="Is it raining"):
        continued(folder, file)
    assert verify_record(folder).parked
