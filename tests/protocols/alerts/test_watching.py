"""What a watcher tells of a run, how often, and what it remembers."""

from pathlib import Path

import pytest
from pydantic import JsonValue
from support.watched_record import ALERTS, WatchedRecord

from operando.drivers.bench.alerts import AlertKind
from operando.drivers.errors import ConfigMismatch
from operando.protocols.alerts import acknowledge, outbox_folder, read_outbox

TRIPPED: dict[str, JsonValue] = {"rule": "chamber vacuum", "phase": "observe", "actions": ["beam off"]}
QUARTER_S = 900.0


@pytest.mark.parametrize(
    ("source", "kind", "details", "told"),
    [
        ("interlock", "tripped", {**TRIPPED, "cleared_by": "itself"}, "interlock"),
        ("interlock", "cannot be judged", {**TRIPPED, "cleared_by": "itself"}, "interlock"),
        ("operator", "question", {"line": 12}, "question"),
        ("cycling", "instrument lost", {"names": "potentiostat"}, "instrument"),
        ("imaging", "waits for microscope", {"who": "A. Nobody"}, "microscope"),
        ("run", "failed", {"exit_code": 1}, "ending"),
        ("run", "completed", {"exit_code": 4}, "ending"),
    ],
)
def test_what_people_are_told(
    watched: WatchedRecord, source: str, kind: str, details: dict[str, JsonValue], told: str
) -> None:
    watched.event(source, kind, "what happened", **details)
    watched.look()
    watched.look()
    assert watched.receiver.told == [(told, 1)]
    assert "what happened" in watched.receiver.messages[0].body


@pytest.mark.parametrize(
    ("source", "kind", "details"),
    [
        ("interlock", "phase", {}),
        ("triggers", "fired", {"trigger": 0}),
        ("run", "completed", {"exit_code": 0}),
        ("operator", "answer", {"who": "A. Nobody"}),
        ("imaging", "hand over", {"who": "A. Nobody"}),
        ("imaging", "take back", {"who": "A. Nobody"}),
    ],
)
def test_what_nobody_is_told(watched: WatchedRecord, source: str, kind: str, details: dict[str, JsonValue]) -> None:
    watched.event(source, kind, "as it should be", **details)
    watched.look()
    assert watched.receiver.told == []


def test_repeated_until_the_stated_number(watched: WatchedRecord) -> None:
    watched.event("operator", "question", "Open the box, then confirm", line=12)
    watched.pass_by(3 * 3600.0)
    assert watched.receiver.told == [("question", 1), ("question", 2), ("question", 3)]
    assert [message.subject.count("reminder") for message in watched.receiver.messages] == [0, 1, 1]


def test_a_question_that_was_answered_is_not_repeated(watched: WatchedRecord) -> None:
    watched.event("operator", "question", "Open the box, then confirm", line=12)
    watched.look()
    watched.event("operator", "answer", "done", who="A. Nobody")
    watched.pass_by(3600.0)
    assert watched.receiver.told == [("question", 1)]


def test_a_microscope_that_is_waited_for_is_told_until_it_is_given_back(watched: WatchedRecord) -> None:
    watched.event("imaging", "waits for microscope", "the run waits until A. Nobody gives it back", who="A. Nobody")
    watched.look()
    watched.pass_by(QUARTER_S + 60.0)
    watched.event("imaging", "waits for microscope", "said once more after a kill", who="A. Nobody")
    watched.look()
    assert watched.receiver.told == [("microscope", 1), ("microscope", 2)]
    watched.event("imaging", "take back", "", who="B. Nobody")
    watched.pass_by(3600.0)
    assert watched.receiver.told == [("microscope", 1), ("microscope", 2)]
    folder = outbox_folder(watched.folder)
    assert [one.over for one in read_outbox(folder).values()] == ["B. Nobody has given it back"]


def test_a_latched_interlock_stands_until_somebody_clears_it(watched: WatchedRecord) -> None:
    watched.event("interlock", "tripped", "box leak: 3e-4", **{**TRIPPED, "rule": "box leak", "cleared_by": "operator"})
    watched.look()
    watched.event("interlock", "clear", "the condition is over", rule="box leak")
    watched.look(QUARTER_S)
    assert watched.receiver.told == [("interlock", 1), ("interlock", 2)]
    watched.event("interlock", "cleared", "new gasket", rule="box leak", who="A. Nobody")
    watched.look(QUARTER_S)
    assert watched.receiver.told == [("interlock", 1), ("interlock", 2)]


def test_a_gauge_at_its_limit_raises_one_alert(watched: WatchedRecord) -> None:
    for _ in range(50):
        watched.event("interlock", "tripped", "chamber vacuum: 0.11 Pa", **TRIPPED, cleared_by="itself")
        watched.look(5.0)
        watched.event("interlock", "clear", "the condition is over", rule="chamber vacuum")
        watched.look(5.0)
    assert watched.receiver.told == [("interlock", 1)]


def test_once_acknowledged_nothing_more_is_sent(watched: WatchedRecord) -> None:
    watched.event("operator", "question", "Open the box, then confirm", line=12)
    watched.look()
    folder = outbox_folder(watched.folder)
    acknowledge(folder, watched.receiver.messages[0].alert.name, "A. Nobody")
    watched.pass_by(3 * 3600.0)
    watched.watcher_killed()
    watched.pass_by(3600.0)
    assert watched.receiver.told == [("question", 1)]
    assert [one.acknowledged_by for one in read_outbox(folder).values()] == ["A. Nobody"]


def test_an_hour_without_network_loses_nothing_and_doubles_nothing(watched: WatchedRecord) -> None:
    watched.receiver.down = True
    watched.event("operator", "question", "first", line=1)
    watched.pass_by(600.0, every_s=10.0)
    watched.event("operator", "answer", "yes", who="A. Nobody")
    watched.event("interlock", "tripped", "chamber vacuum: 0.2 Pa", **TRIPPED, cleared_by="itself")
    watched.pass_by(1800.0, every_s=10.0)
    watched.watcher_killed()
    watched.pass_by(1200.0, every_s=10.0)
    assert watched.receiver.told == []
    assert watched.receiver.tries < 40, "a network that is down is not asked every second"
    watched.receiver.down = False
    watched.pass_by(310.0, every_s=10.0)
    assert sorted(watched.receiver.told) == [("interlock", 1), ("question", 1)]
    over = {str(message.alert.kind): message.over for message in watched.receiver.messages}
    assert over == {"question": "A. Nobody answered 'yes'", "interlock": ""}
    assert len({message.key for message in watched.receiver.messages}) == 2
    assert any("the network is down" in line for line in watched.said)


def test_what_was_acknowledged_while_the_network_was_down_is_not_sent(watched: WatchedRecord) -> None:
    watched.receiver.down = True
    watched.event("operator", "question", "first", line=1)
    watched.look()
    folder = outbox_folder(watched.folder)
    acknowledge(folder, next(iter(read_outbox(folder))), "A. Nobody")
    watched.receiver.down = False
    watched.pass_by(3600.0)
    assert watched.receiver.told == []


def test_a_new_watcher_knows_what_the_old_one_has_sent(watched: WatchedRecord) -> None:
    watched.event("interlock", "tripped", "chamber vacuum: 0.2 Pa", **TRIPPED, cleared_by="itself")
    watched.look()
    watched.event("interlock", "clear", "the condition is over", rule="chamber vacuum")
    watched.look()
    for _ in range(3):
        watched.watcher_killed()
        watched.look(1.0)
    assert watched.receiver.told == [("interlock", 1)]


def test_what_happened_between_two_watchers_is_told(watched: WatchedRecord) -> None:
    watched.look()
    watched.watcher.close()
    watched.event("interlock", "tripped", "chamber vacuum: 0.2 Pa", **TRIPPED, cleared_by="itself")
    watched.event("interlock", "clear", "the condition is over", rule="chamber vacuum")
    watched.watcher_killed()
    watched.look()
    assert watched.receiver.told == [("interlock", 1)]


def test_a_torn_outbox_goes_on(watched: WatchedRecord) -> None:
    watched.event("operator", "question", "first", line=1)
    watched.look()
    watched.watcher.close()
    with (outbox_folder(watched.folder) / "alerts.jsonl").open("ab") as file:
        file.write(b'{"fact":"sent","ale')
    watched.watcher_killed()
    watched.event("operator", "answer", "yes", who="A. Nobody")
    watched.look(QUARTER_S)
    assert watched.receiver.told == [("question", 1)]
    assert [one.over for one in read_outbox(outbox_folder(watched.folder)).values()] == ["A. Nobody answered 'yes'"]


def test_old_news_is_not_told_by_a_watcher_that_comes_late(tmp_path: Path) -> None:
    watched = WatchedRecord(tmp_path / "run")
    try:
        for _ in range(3):
            watched.event("operator", "question", "old", line=1)
            watched.event("operator", "answer", "yes", who="A. Nobody")
        watched.event("operator", "question", "new", line=2)
        watched.look()
        assert [message.alert.text.splitlines()[0] for message in watched.receiver.messages] == [
            "The protocol asks: new"
        ]
    finally:
        watched.close()


def test_only_what_the_bench_file_names(tmp_path: Path) -> None:
    watched = WatchedRecord(tmp_path / "run", ALERTS.model_copy(update={"about": (AlertKind.QUESTION,)}))
    try:
        watched.event("interlock", "tripped", "chamber vacuum: 0.2 Pa", **TRIPPED, cleared_by="itself")
        watched.event("operator", "question", "first", line=1)
        watched.look()
        assert watched.receiver.told == [("question", 1)]
    finally:
        watched.close()


def test_two_watchers_of_one_run_are_refused(watched: WatchedRecord) -> None:
    with pytest.raises(ConfigMismatch, match="another process watches this run"):
        WatchedRecord._watcher(watched)
