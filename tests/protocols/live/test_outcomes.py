"""What the record says of a wish, case by case."""

import pytest

from operando.protocols.live.outcomes import Outcome, outcome_of
from operando.protocols.live.safety import last_words
from operando.protocols.reading import Event
from operando.protocols.runner.steering_channel import Wish


def event(source: str, kind: str, message: str = "", **details: str | int) -> Event:
    return Event(10.0, source, kind, message, details)


HELD = event("cycling", "hold", "a look")
ENDED = event("cycling", "step ended", "charge: ended by host")
RESTS = event("cycling", "step started", "rest during a hold")
SAFE = event("safety", "confirmed", "sem: confirmed (beam blanked)")
STILL = event("safety", "confirmed", "sem: confirmed (no scan runs)")
UNKNOWN = event("safety", "unknown", "sem: unknown (no answer in time)")
TAKEN = event("imaging", "capture taken", "overview", capture="overview", trigger="asked for by B", pictures=2)
OTHER = event("imaging", "capture taken", "overview", capture="overview", trigger="every 30 min", pictures=2)


@pytest.mark.parametrize(
    ("do", "events", "outcome"),
    [
        pytest.param("hold", [HELD], None, id="the step has not ended yet"),
        pytest.param(
            "hold",
            [HELD, ENDED, RESTS],
            Outcome(True, "charge was ended on the potentiostat; the cell rests at open circuit"),
            id="held",
        ),
        pytest.param("hold", [HELD, RESTS], Outcome(True, "the cell rests at open circuit"), id="held between steps"),
        pytest.param(
            "continue",
            [event("cycling", "not continued", "box leak has tripped")],
            Outcome(False, "not continued: box leak has tripped"),
            id="an interlock forbids",
        ),
        pytest.param("capture", [OTHER], None, id="another capture"),
        pytest.param("capture", [OTHER, TAKEN], Outcome(True, "overview was taken: 2 pictures"), id="taken"),
        pytest.param("abort", [SAFE], None, id="not over yet"),
        pytest.param(
            "abort",
            [UNKNOWN, SAFE, STILL, event("run", "interrupted", exit_code=3)],
            Outcome(True, "sem: confirmed (beam blanked)\nsem: confirmed (no scan runs)"),
            id="safe after a late answer",
        ),
        pytest.param(
            "abort",
            [SAFE, UNKNOWN, event("run", "interrupted", exit_code=4)],
            Outcome(False, "sem: unknown (no answer in time)\nsem: confirmed (beam blanked)"),
            id="one role of an instrument is not confirmed",
        ),
        pytest.param(
            "abort",
            [event("run", "failed", exit_code=4)],
            Outcome(False, "no instrument has said anything"),
            id="silent",
        ),
        pytest.param("note", [event("operator", "note", "x")], Outcome(True, "in the record: x"), id="noted"),
        pytest.param("pause", [], None, id="nothing yet"),
        pytest.param(
            "hand over",
            [event("imaging", "hand over"), event("imaging", "not handed over", "it refuses")],
            Outcome(False, "it refuses"),
            id="it cannot be lent",
        ),
        pytest.param(
            "take back",
            [event("imaging", "take back"), event("imaging", "not restored", "it is gone")],
            Outcome(False, "it is gone"),
            id="it comes back and cannot be compared",
        ),
    ],
)
def test_what_came_of_it(do: str, events: list[Event], outcome: Outcome | None) -> None:
    wish = Wish.model_validate({"do": do, "who": "B", "name": "overview", "text": "x"})
    assert outcome_of(wish, events) == outcome


def test_an_instrument_of_several_roles_is_not_called_safe_by_its_last_one() -> None:
    words = last_words([UNKNOWN, SAFE], event("run", "interrupted", exit_code=4))
    assert [word.kind for word in words] == ["unknown", "confirmed"]
