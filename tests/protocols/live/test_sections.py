"""What the page says of alarms, of the standing of a run and of what is to come, from made-up events."""

from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import JsonValue
from support.made_up_record import write_run

from operando.drivers.roles import Galvanostatic, Guard, OpenCircuit, Step
from operando.protocols.live.documents import Documents
from operando.protocols.live.look import Look
from operando.protocols.live.outlook import expected_s, remaining_of, stretches
from operando.protocols.live.sections.alarms import alarms
from operando.protocols.live.sections.cell import cell
from operando.protocols.live.sections.standing import standing
from operando.protocols.live.step_end import end_in_words
from operando.protocols.live.steps import StartedStep
from operando.protocols.reading import Event, RunStatus, open_run

GUARD = Guard((2.8, 4.3), (-1e-3, 1e-3), 36_000.0)


@pytest.fixture
def look(tmp_path: Path) -> Look:
    """A run that goes on, of which nothing is known yet."""
    write_run(tmp_path / "run")
    return Look(open_run(tmp_path / "run"), Documents(None, None, None), RunStatus.RUNNING, (), (), 0.0)


def event(source: str, kind: str, message: str = "", **details: JsonValue) -> Event:
    return Event(5.0, source, kind, message, details)


def trip(kind: str, cleared_by: str = "operator") -> Event:
    return event(
        "interlock", kind, "box leak: too much", rule="box leak", cleared_by=cleared_by, actions=["blank beam"]
    )


def test_a_watched_potentiostat_that_cannot_be_read_is_an_alarm_until_a_sample_comes(look: Look) -> None:
    last_s = float(look.samples["time_s"][-1])
    for time_s, alarmed in ((last_s + 60.0, True), (last_s - 1.0, False)):
        told = alarms(replace(look, events=[Event(time_s, "cycling", "not readable", "the file is gone", {})]))
        assert isinstance(told, dict)
        assert isinstance(entries := told["open"], list)
        assert [one["kind"] for one in entries if isinstance(one, dict)] == ["not readable"] * alarmed


def test_a_hold_has_no_end_of_its_own(look: Look) -> None:
    """It is a row of rests of an hour each; a countdown would promise that the cycling goes on by itself."""
    resting = replace(look, steps=[REST], events=[event("cycling", "hold")])
    assert isinstance(told := cell(resting), dict)
    assert isinstance(step := told["step"], dict)
    assert (step["remaining_s"], step["progress"]) == (None, None)
    assert step["end"] == "until somebody continues the cycling"
    assert isinstance(told := cell(replace(look, steps=[REST])), dict)
    assert isinstance(step := told["step"], dict)
    assert step["remaining_s"] is not None


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        pytest.param([trip("tripped")], [("box leak", True, False)], id="tripped"),
        pytest.param([trip("tripped"), trip("clear")], [("box leak", True, True)], id="over, and still latched"),
        pytest.param(
            [trip("tripped"), event("interlock", "cleared", "mended", rule="box leak")], [], id="acknowledged"
        ),
        pytest.param([trip("tripped", "itself"), trip("clear", "itself")], [], id="clears itself"),
        pytest.param([trip("cannot be judged")], [("box leak", False, False)], id="cannot be judged"),
        pytest.param([event("imaging", "instrument lost", names="sem")], [("sem", False, False)], id="lost"),
        pytest.param(
            [event("imaging", "instrument lost", names="sem"), trip("tripped"), event("run", "resumed")],
            [],
            id="of a process that was killed",
        ),
        pytest.param(
            [event("run", "resumed"), event("imaging", "instrument lost", names="sem")],
            [("sem", False, False)],
            id="lost since the run was taken up",
        ),
        pytest.param(
            [event("imaging", "instrument lost", names="sem"), event("imaging", "instrument back", names="sem")],
            [],
            id="back",
        ),
    ],
)
def test_alarms_stay_until_they_are_over(
    look: Look, events: list[Event], expected: list[tuple[str, bool, bool]]
) -> None:
    told = alarms(replace(look, events=events))
    assert isinstance(told, dict)
    found = told["open"]
    assert isinstance(found, list)
    assert [(a["name"], a["acknowledge"], a["condition_over"]) for a in found if isinstance(a, dict)] == expected
    assert all(a["grave"] == (a["kind"] != "cannot be judged") for a in found if isinstance(a, dict))


CHARGE = StartedStep(1, "charge", 1, 12, 1, 0.0, Step(1, Galvanostatic(1e-4, until_voltage_V=4.2), GUARD))
REST = StartedStep(2, "relax", 1, 13, 2, 0.0, Step(2, OpenCircuit(), GUARD, duration_s=3600.0))


@pytest.mark.parametrize(
    ("steps", "events", "status", "word", "mood"),
    [
        pytest.param([CHARGE], [], RunStatus.RUNNING, "Charging", "good", id="charging"),
        pytest.param([REST], [], RunStatus.RUNNING, "Resting", "good", id="resting"),
        pytest.param([CHARGE], [], RunStatus.KILLED, "Runner is gone", "alarm", id="killed"),
        pytest.param([REST], [event("cycling", "hold")], RunStatus.RUNNING, "On hold", "attention", id="held"),
        pytest.param(
            [REST],
            [event("cycling", "hold"), event("cycling", "continue")],
            RunStatus.RUNNING,
            "Resting",
            "good",
            id="continued",
        ),
        pytest.param(
            [REST],
            [event("operator", "question", "Ready?")],
            RunStatus.RUNNING,
            "Question waits",
            "attention",
            id="asked",
        ),
        pytest.param(
            [],
            [event("run", "interrupted", exit_code=3)],
            RunStatus.CLOSED,
            "Stopped safely",
            "attention",
            id="stopped",
        ),
        pytest.param(
            [],
            [event("safety", "unknown", "sem: unknown"), event("run", "interrupted", exit_code=4)],
            RunStatus.CLOSED,
            "Ended, NOT confirmed safe",
            "alarm",
            id="not confirmed",
        ),
    ],
)
def test_a_word_tells_how_it_stands(
    look: Look, steps: list[StartedStep], events: list[Event], status: RunStatus, word: str, mood: str
) -> None:
    told = standing(replace(look, steps=steps, events=events, status=status))
    assert isinstance(told, dict)
    assert (told["word"], told["mood"]) == (word, mood)


@pytest.mark.parametrize(
    ("events", "status", "mood", "told_why"),
    [
        pytest.param([], RunStatus.KILLED, "alarm", "Take it up: operando resume {run}", id="killed"),
        pytest.param([], RunStatus.PARKED, "attention", "operando continue {run}", id="parked"),
        pytest.param(
            [event("run", "parked", "the session has ended", exit_code=0)],
            RunStatus.PARKED,
            "attention",
            "the session has ended. Another session follows with: operando continue {run}",
            id="parked as asked",
        ),
        pytest.param(
            [event("run", "completed", "every action was carried out", exit_code=0)],
            RunStatus.KILLED,
            "alarm",
            "has not closed the record",
            id="killed while it closed",
        ),
    ],
)
def test_a_run_that_was_not_closed_is_not_taken_for_one_that_was(
    look: Look, events: list[Event], status: RunStatus, mood: str, told_why: str
) -> None:
    told = standing(replace(look, events=events, status=status))
    assert isinstance(told, dict)
    assert (told["mood"], told["status"]) == (mood, str(status))
    assert told_why.format(run=look.run.folder) in str(told["why"])


def test_ends_are_said_in_words() -> None:
    assert end_in_words(CHARGE) == "until 4.2\u202fV, at most 10 h"
    assert end_in_words(REST) == "for 1 h"


def test_a_step_takes_as_long_as_the_last_ones_of_its_name() -> None:
    before = [
        replace(CHARGE, number=n, started_s=0.0, ended_s=took) for n, took in ((1, 9000.0), (2, 100.0), (3, 200.0))
    ]
    assert expected_s("charge", before, None) == 150.0
    assert expected_s("relax", before, None) == 0.0


def test_far_from_its_end_a_step_lasts_as_long_as_expected(look: Look) -> None:
    samples = look.samples[:30]
    left_s = remaining_of(replace(CHARGE, number=int(samples["step"][0])), samples, 7200.0)
    assert left_s == pytest.approx(7200.0 - 29.0)


def test_what_was_is_shown_even_without_a_protocol() -> None:
    done = replace(CHARGE, ended_s=100.0)
    found = stretches([done, replace(REST, started_s=100.0)], None, None, 150.0, 50.0, ended=False)
    assert [(one.name, one.end_s, one.state) for one in found] == [("charge", 100.0, "done"), ("relax", 200.0, "now")]


@pytest.mark.parametrize(
    ("events", "mood", "why"),
    [
        pytest.param([trip("tripped")], "alarm", "box leak: tripped", id="tripped"),
        pytest.param([event("imaging", "instrument lost", names="sem")], "alarm", "sem: instrument lost", id="lost"),
        pytest.param([trip("cannot be judged")], "attention", "", id="cannot be judged"),
        pytest.param([trip("tripped", "itself"), trip("clear", "itself")], "good", "", id="over"),
    ],
)
def test_nothing_is_green_while_something_is_wrong(look: Look, events: list[Event], mood: str, why: str) -> None:
    told = standing(replace(look, steps=[CHARGE], events=events))
    assert isinstance(told, dict)
    assert (told["word"], told["mood"], told["why"]) == ("Charging", mood, why)


@pytest.mark.parametrize("since_s", [10.0, 100.0])
def test_a_voltage_that_is_older_than_everything_else_says_so(look: Look, since_s: float) -> None:
    last_s = float(look.samples["time_s"][-1])
    newest = Event(last_s + since_s, "sensors", "told", "", {})
    told = cell(replace(look, steps=[CHARGE], events=[newest]))
    assert isinstance(told, dict)
    assert told["late_s"] == (since_s if since_s > 60.0 else None)
    assert isinstance(over := cell(replace(look, steps=[CHARGE], events=[newest], status=RunStatus.KILLED)), dict)
    assert over["late_s"] is None
