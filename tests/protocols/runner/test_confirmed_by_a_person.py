"""Where no gauge can tell where the lid is, the run itself goes on only if a person has confirmed it."""

from pathlib import Path

import pytest
from support.journeys import ANSWERS, JOURNEY, Trouble, travel
from support.mortal_run import MortalRun

from operando.protocols.document import parse_protocol
from operando.protocols.interlocks import Phase
from operando.protocols.program import AskOperator
from operando.protocols.reading import open_run
from operando.protocols.runner import Ending, RunOptions
from operando.protocols.runner.operator_script import ScriptedPerson, parse_answers

OPEN, CLOSED = "Is the lid open?", "Is the lid closed?"
DENIED = "  - {{to: {}, answer: not confirmed, after: 1 min}}\n"


@pytest.mark.parametrize(
    ("question", "added", "answer", "last"),
    [
        pytest.param(OPEN, "otherwise: confirmed", "", Phase.OPEN, id="nobody says that the lid is open"),
        pytest.param(CLOSED, "otherwise: confirmed", "", Phase.CLOSE, id="nobody says that it is closed"),
        pytest.param(CLOSED, "ends_run_if: []", DENIED.format(CLOSED), Phase.CLOSE, id="somebody says that it is not"),
    ],
)
def test_a_run_that_was_never_checked_ends_before_the_phase(
    question: str, added: str, answer: str, last: Phase, tmp_path: Path
) -> None:
    ends = ("failed", "nobody has confirmed in the phase before it")
    protocol = _asking(question, added)
    trouble = Trouble("not confirmed", last, ends, last, answers={question: answer}, protocol=protocol)
    assert travel(trouble, tmp_path / "run").violations == ()


@pytest.mark.parametrize("by_a_person", [True, False], ids=["by a person", "by nobody"])
def test_after_a_kill_it_counts_who_had_confirmed(by_a_person: bool, tmp_path: Path) -> None:
    """Killed after the answer and before the phase; the question is not asked again."""
    protocol = _asking(CLOSED, "otherwise: confirmed")
    answers = ANSWERS if by_a_person else ANSWERS.replace(f"to: {CLOSED}", "to: Nobody asks this")
    mortal = MortalRun(protocol, tmp_path / "run", without=("eds",), bench="sim-glovebox")
    (asks,) = [
        one.number for one in parse_protocol(protocol) if isinstance(one, AskOperator) and one.question == CLOSED
    ]
    answered = f'"what":"action done","details":{{"action":{asks}}}'.encode()
    assert mortal.start(options=_people(mortal, answers), die_at=answered) is None, "it was killed"
    outcome = mortal.resume(options=_people(mortal, answers))
    assert outcome is not None
    if by_a_person:
        assert outcome.ending is Ending.COMPLETED, outcome.reason
    else:
        assert outcome.ending is Ending.FAILED and "nobody has confirmed" in outcome.reason, outcome.reason
    said = [event.message for event in open_run(tmp_path / "run").events if event.details.get("question") == CLOSED]
    assert said == ["confirmed"]


def _asking(question: str, added: str) -> str:
    asked = f"{question}, confirm: true, at_most: 20 min"
    assert asked in JOURNEY
    return JOURNEY.replace(asked, f"{asked}, {added}")


def _people(mortal: MortalRun, answers: str) -> RunOptions:
    script = parse_answers(answers, "answers.yaml")
    return RunOptions(operator=ScriptedPerson(script, mortal.clock, mortal.people))
