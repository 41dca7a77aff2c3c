"""What counts as confirmed by a person, as it is said and as the events tell it after a kill."""

import pytest
from pydantic import JsonValue

from operando.protocols.phases import NOBODY, Confirmed

SHUT = "Is the lid closed?"
Said = tuple[str, str, str]


def entered(phase: str, kind: str = "entered") -> dict[str, JsonValue]:
    return {"source": "phase", "kind": kind, "message": "", "phase_entered": phase}


def asked(*said: Said, answers: tuple[str, ...] = ("confirmed", "not confirmed")) -> list[dict[str, JsonValue]]:
    events: list[dict[str, JsonValue]] = []
    for question, text, who in said:
        events.append({"source": "operator", "kind": "question", "message": question, "answers": [*answers]})
        events.append({"source": "operator", "kind": "answer", "message": text, "who": who, "question": question})
    return events


CASES: dict[str, tuple[tuple[Said, ...], bool]] = {
    "a person confirms": (((SHUT, "confirmed", "A. Nobody"),), True),
    "nobody answers": (((SHUT, "confirmed", NOBODY),), False),
    "it is not so": (((SHUT, "not confirmed", "A. Nobody"),), False),
    "it is not so any more": (((SHUT, "confirmed", "A. Nobody"), (SHUT, "not confirmed", "A. Nobody")), False),
    "it is so now": (((SHUT, "not confirmed", "A. Nobody"), (SHUT, "confirmed", "A. Nobody")), True),
    "another question is denied": (((SHUT, "confirmed", "A. Nobody"), ("Gloves?", "not confirmed", "B")), True),
    "another question is answered by nobody": (((SHUT, "not confirmed", "A"), ("Gloves?", "confirmed", NOBODY)), False),
}


@pytest.mark.parametrize(("said", "confirmed"), CASES.values(), ids=CASES)
def test_only_a_person_confirms(said: tuple[Said, ...], confirmed: bool) -> None:
    live, after_a_kill = Confirmed(), Confirmed()
    for question, text, who in said:
        live.answered(question, text, who)
    after_a_kill.restore(
        [entered("close"), *asked(*said), {"source": "phase", "kind": "waits", "message": ""}], "close"
    )
    assert bool(live) is bool(after_a_kill) is confirmed
    live.phase_begins()
    assert not live


SO = asked((SHUT, "confirmed", "A. Nobody"))


@pytest.mark.parametrize(
    ("events", "confirmed"),
    [
        pytest.param([entered("close"), *SO, entered("close", "taken up")], True, id="killed twice"),
        pytest.param([*SO, entered("close")], False, id="said in the phase before"),
        pytest.param([entered("open"), *SO], False, id="killed as the phase began"),
        pytest.param(
            [entered("close"), *asked((SHUT, "confirmed", "A"), answers=("confirmed", "perhaps"))],
            False,
            id="a question that confirms nothing",
        ),
    ],
)
def test_what_the_events_tell_after_a_kill(events: list[dict[str, JsonValue]], confirmed: bool) -> None:
    found = Confirmed()
    found.restore(events, "close")
    assert bool(found) is confirmed
