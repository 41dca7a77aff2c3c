"""Interlocks as they are written: by name, with more actions, or as rules of one's own; and the page about them."""

from pathlib import Path

import pytest
from support.protocols import changed

from operando.drivers.documents import DocumentError
from operando.protocols.document import SHIPPED_INTERLOCKS, parse_protocol
from operando.protocols.interlocks import Action, Band, Change, Phase, Source, shipped_rules
from operando.protocols.interlocks.table import rules_table

OWN = (
    "interlocks:\n"
    "  - chamber vacuum\n"
    "  - {shipped: box leak, also: end run, while: glovebox}\n"
    "  - {name: too warm, while: [observe, close], when: {thermometer: box, rises_above: 40 degC},\n"
    "     action: hold cycling}\n"
    "  - {name: sinking, when: {gauge: stack, falls_faster_than: 1 MPa/min, over: 30 s}, action: warn, latch: false,\n"
    "     cleared_by: itself}\n"
)


def test_rules_become_values() -> None:
    vacuum, leak, warm, sinking = parse_protocol(changed("interlocks: [chamber vacuum]\n", OWN)).interlocks
    assert vacuum.name == "chamber vacuum" and vacuum.when == shipped_rules()["chamber vacuum"].when
    assert leak.actions == (Action.WARN, Action.BLANK_BEAM, Action.END_RUN) and Phase.GLOVEBOX in leak.phases
    assert warm.phases == {Phase.OBSERVE, Phase.CLOSE} and warm.cleared_by == "operator"
    (condition,) = warm.when
    assert isinstance(condition, Band) and condition.highest == pytest.approx(313.15)
    (change,) = sinking.when
    assert isinstance(change, Change) and change.fall_per_s == pytest.approx(1e6 / 60)
    assert (change.source, change.rise_per_s, change.over_s) == (Source("stack", "pressure"), None, 30.0)
    assert sinking.cleared_by == "itself" and all(rule.line > 0 for rule in (vacuum, leak, warm, sinking))


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ("chamber vacum", "did you mean 'chamber vacuum'?"),
        ("{name: a, when: {gauge: box, rises_above: 1.2 bar}, action: blank beem}", "did you mean 'blank beam'?"),
        ("{name: a, while: observ, when: always, action: warn}", "did you mean 'observe'?"),
        ("{name: a, when: {gauge: box, rises_above: 5 V}, action: warn}", "'5 V' is not a pressure"),
        ("{name: a, when: {gauge: box, rises_above: box.largest_leak}, action: warn}", "unknown limit"),
        ("{name: a, when: {gauge: box}, action: warn}", "compare in one way"),
        ("{name: a, when: {rises_above: 1 bar}, action: warn}", "say what is looked at"),
        ("{name: a, when: {leak: box}, action: warn}", "belong together"),
        ("{name: a, when: always, action: warn, latch: false}", "what latches is 'cleared_by: operator'"),
        ("{name: box leak, when: always, action: warn}", "is a shipped rule"),
        ("{name: a, when: always, action: warn, latches: true}", "unknown key 'latches'; did you mean 'latch'?"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(entry: str, words: str) -> None:
    text = changed("interlocks: [chamber vacuum]\n", f"interlocks: [{entry}]\n")
    with pytest.raises(DocumentError) as caught:
        parse_protocol(text)
    line = text[: text.index("interlocks:")].count("\n") + 1
    assert any(words in problem.what and problem.line == line for problem in caught.value.problems), caught.value


def test_a_rule_that_is_given_twice_is_refused() -> None:
    with pytest.raises(DocumentError, match="given twice"):
        parse_protocol(changed("[chamber vacuum]", "[chamber vacuum, chamber vacuum]"))


def test_the_names_of_the_document_are_those_of_the_data() -> None:
    assert tuple(shipped_rules()) == SHIPPED_INTERLOCKS


def test_the_page_holds_the_table_of_the_data() -> None:
    """Made by `rules_table`; whoever changes a rule puts the new table there."""
    page = (Path(__file__).parents[3] / "docs" / "safety.md").read_text(encoding="utf-8")
    begin, end = "<!-- shipped rules: begin -->\n", "<!-- shipped rules: end -->"
    assert page[page.index(begin) + len(begin) : page.index(end)] == rules_table(shipped_rules().values())
