"""What `operando check` says of a way that is not possible, each with its line."""

import pytest
from support.run_protocols import HEAD, IMAGING

from operando.drivers.documents import DocumentError
from operando.protocols.check.phases import check_phases
from operando.protocols.document import parse_protocol
from operando.protocols.plan import BenchFacts
from operando.protocols.runner.operator_script import parse_answers
from operando.protocols.shipped import shipped_answers, shipped_protocol

FACTS = BenchFacts(pressures=("box", "chamber"), thermometers=("box",))
FIRST_LINE = HEAD.count("\n") + 2
NOBODY = "even if nobody has confirmed it"
TEST = "{leak_test: {for: 20 min, at_most: 1e-4 mbar*l/s}}"


def found(*entries: str, facts: BenchFacts = FACTS) -> list[tuple[int, str]]:
    """Which entry is wrong, counted from 1, and what is wrong with it."""
    text = HEAD + "cycling:\n" + "".join(f"  - {entry}\n" for entry in entries) + IMAGING
    return [(one.line - FIRST_LINE + 1, one.what) for one in check_phases(parse_protocol(text), facts)]


def test_the_shipped_way_is_possible_and_its_answers_fit() -> None:
    program = shipped_protocol("round_trip")
    assert list(check_phases(program, FACTS)) == []
    parse_answers(shipped_answers("round_trip"), "answers.yaml").require_fits(program)


@pytest.mark.parametrize(
    ("entries", "line", "what"),
    [
        (("Rest for 10 minutes", "{phase: observe}"), 1, "before the first phase"),
        (("{phase: glovebox}", "{phase: open}"), 2, "cannot follow 'glovebox'"),
        (("{phase: glovebox}", "{phase: transfer}"), 2, "without a leak test"),
        (("{phase: glovebox}", "Rest for 10 minutes"), 2, "which allows: nothing"),
        (("{phase: pump down}", "Charge at C/10 for 1 hour"), 2, "which allows: rest"),
        (("{phase: close}", "{capture: overview, at_most: 5 min}"), 2, "the capture 'overview'"),
        (("{phase: open}", "{phase: observe}"), 2, "nobody confirms"),
        (("{phase: close}", "{phase: vent}"), 2, "nobody confirms"),
        (("{phase: close}", "{ask: Shut?, confirm: true, otherwise: confirmed}", "{phase: vent}"), 2, NOBODY),
        (("{phase: close}", "{ask: Shut?, confirm: true, ends_run_if: confirmed}", "{phase: vent}"), 2, NOBODY),
        (("{phase: open}", "{ask: Open?, confirm: true, ends_run_if: []}", "{phase: observe}"), 2, NOBODY),
        (("{phase: observe}", TEST), 2, "stands open"),
        (("{phase: glovebox}", "{leak_test: {for: 1 min, at_most: 1e-4 mbar*l/s}}"), 2, "too few readings"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_is_refused_with_its_line(entries: tuple[str, ...], line: int, what: str) -> None:
    assert any(where == line and what in said for where, said in found(*entries)), found(*entries)


@pytest.mark.parametrize(
    "entries",
    [
        ("{phase: glovebox}", TEST, "{phase: transfer}", "{phase: pump down}", "{phase: open}"),
        ("{phase: open}", "{ask: Open?, confirm: true}", "{phase: observe}", "Charge at C/10 for 1 hour"),
        ("{phase: close}", "{ask: Shut?, confirm: true, otherwise: not confirmed}", "{phase: vent}"),
        ("{phase: pump down}", "Rest for 10 minutes"),
        ("Charge at C/10 for 1 hour",),
    ],
    ids=["out", "observed", "nobody answers that it is not so", "a rest in the chamber", "without phases"],
)
def test_what_can_be_is_let_pass(entries: tuple[str, ...]) -> None:
    assert found(*entries) == []


def test_without_gauges_no_phase_could_be_confirmed() -> None:
    said = [what for _, what in found("{phase: glovebox}", TEST, facts=BenchFacts())]
    assert any("its leak cannot be measured" in what for what in said)
    assert any("no gauge of the box and of the chamber" in what for what in said)


@pytest.mark.parametrize(
    ("entry", "line", "said"),
    [
        ("  - {to: Ready?, answr: confirmed}", 3, "answr"),
        ("  - {to: Ready?, answer: confirmed, after: 5}", 3, "has no unit"),
        ("  - {to: Ready?, answer: confirmed, does: [{at: 2, physics: vent}]}", 3, "has no unit"),
    ],
    ids=["key", "unit", "unit of a deed"],
)
def test_a_file_of_answers_is_strict(entry: str, line: int, said: str) -> None:
    with pytest.raises(DocumentError) as caught:
        parse_answers(f"operando_answers: 1\nanswers:\n{entry}\n", "answers.yaml")
    assert any(problem.line == line and said in problem.what for problem in caught.value.problems)


def test_an_answer_to_a_question_that_nobody_asks_is_refused_with_its_line() -> None:
    program = parse_protocol(HEAD + "cycling:\n  - {ask: Ready?, confirm: true}\n")
    script = parse_answers("operando_answers: 1\nanswers:\n  - {to: Redy?, answer: confirmed}\n", "answers.yaml")
    with pytest.raises(DocumentError, match=r"answers.yaml:3: .*did you mean 'Ready\?'"):
        script.require_fits(program)


def test_an_answer_that_is_given_every_time_is_one_of_its_question() -> None:
    """Refused, and given again, it would go on until nobody waits any more."""
    program = parse_protocol(HEAD + "cycling:\n  - {ask: What does it read?, value: kPa, between: [90 kPa, 120 kPa]}\n")
    entry = "operando_answers: 1\nanswers:\n  - {to: What does it read?, answer: %s, every_time: %s}\n"
    parse_answers(entry % ("100 kPa", "true"), "answers.yaml").require_fits(program)
    parse_answers(entry % ("5 V", "false"), "answers.yaml").require_fits(program)  # once is a trial of what is refused
    with pytest.raises(DocumentError, match=r"answers.yaml:3: .*'5 V' is no answer to .*; write a value in kPa"):
        parse_answers(entry % ("5 V", "true"), "answers.yaml").require_fits(program)
