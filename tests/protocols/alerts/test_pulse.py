"""The dead man's heartbeat: a record that does not grow, a runner that is gone, a disk that is full."""

from pathlib import Path
from typing import NamedTuple

import pytest
from pytest_mock import MockerFixture
from support.made_up_run import sample_block
from support.watched_record import ALERTS, WatchedRecord
from support.web_server import web_server

from operando.drivers.bench.alerts import HeartbeatEntry
from operando.drivers.roles import Galvanostatic, Guard, Step
from operando.protocols.alerts import acknowledge, outbox_folder, read_outbox
from operando.protocols.journalled_step import step_values
from operando.protocols.record import RunRecord


class Usage(NamedTuple):
    total: float
    used: float
    free: float


def test_a_record_that_grows_is_no_news(watched: WatchedRecord) -> None:
    watched.pass_by(3600.0)
    assert watched.receiver.told == []


def test_a_record_that_does_not_grow_is_told_in_time_and_once_it_grows_no_more(watched: WatchedRecord) -> None:
    watched.look()
    watched.pass_by(290.0, every_s=10.0, growing=False)
    assert watched.receiver.told == []
    watched.pass_by(20.0, every_s=10.0, growing=False)
    assert watched.receiver.told == [("stale", 1)]
    assert "Nothing was recorded for 5 min" in watched.receiver.messages[0].body
    watched.pass_by(3600.0)
    assert watched.receiver.told == [("stale", 1)]


def test_a_run_that_falls_silent_twice_is_told_twice(watched: WatchedRecord) -> None:
    for _ in range(2):
        watched.pass_by(360.0, growing=False)
        watched.pass_by(360.0)
    assert watched.receiver.told == [("stale", 1), ("stale", 1)]
    assert len(read_outbox(outbox_folder(watched.folder))) == 2


def test_a_runner_that_is_gone_is_told_at_once_and_the_watcher_ends_when_all_is_said(watched: WatchedRecord) -> None:
    watched.look()
    watched.record.release()
    assert not watched.look(2.0)
    watched.pass_by(20.0, every_s=2.0, growing=False)
    assert watched.receiver.told == [("stale", 1)]
    assert "operando resume" in watched.receiver.messages[0].body
    acknowledge(outbox_folder(watched.folder), watched.receiver.messages[0].alert.name, "A. Nobody")
    assert watched.look(2.0)


def test_a_resumed_run_is_well_again(watched: WatchedRecord) -> None:
    watched.record.release()
    watched.pass_by(20.0, every_s=2.0, growing=False)
    watched.record = RunRecord.reopen(watched.folder)
    watched.pass_by(3600.0)
    assert watched.receiver.told == [("stale", 1)]
    assert [one.over for one in read_outbox(outbox_folder(watched.folder)).values()] == ["the record grows again"]


def test_a_new_watcher_does_not_tell_again_that_the_runner_is_gone(watched: WatchedRecord) -> None:
    watched.record.release()
    watched.pass_by(20.0, every_s=2.0, growing=False)
    watched.watcher_killed()
    watched.pass_by(60.0, every_s=2.0, growing=False)
    assert watched.receiver.told == [("stale", 1)]


def test_a_new_watcher_stays_with_a_run_that_was_taken_up_after_somebody_had_acknowledged(
    watched: WatchedRecord,
) -> None:
    watched.record.release()
    watched.pass_by(20.0, every_s=2.0, growing=False)
    acknowledge(outbox_folder(watched.folder), watched.receiver.messages[0].alert.name, "A. Nobody")
    watched.record = RunRecord.reopen(watched.folder)
    watched.watcher_killed()
    assert not watched.look(1.0)
    watched.event("operator", "question", "Is it dry?", line=3)
    assert not watched.look(2.0)
    assert watched.receiver.told == [("stale", 1), ("question", 1)]
    assert next(iter(read_outbox(outbox_folder(watched.folder)).values())).over == "the record grows again"


def test_a_run_that_closes_leaves_nothing_to_do(watched: WatchedRecord) -> None:
    watched.event("run", "completed", "every action of the protocol was carried out", exit_code=0)
    watched.record.close("completed")
    assert watched.look()
    assert watched.receiver.told == []


def test_a_watcher_gives_up_a_day_after_the_end_and_the_next_one_delivers(watched: WatchedRecord) -> None:
    watched.receiver.down = True
    watched.event("run", "failed", "the box leaks", exit_code=1)
    watched.record.close("failed")
    assert not watched.look()
    assert not watched.look(80_000.0)
    assert watched.look(7_000.0)
    watched.receiver.down = False
    watched.watcher_killed()
    watched.look()
    assert watched.receiver.told == [("ending", 1)]


def test_a_disk_that_fills(tmp_path: Path, mocker: MockerFixture) -> None:
    watched = WatchedRecord(tmp_path / "run", ALERTS.model_copy(update={"least_free_GB": 2.0}))
    disk = mocker.patch("operando.protocols.alerts.pulse.shutil.disk_usage")
    try:
        for free, told in [(3e9, 0), (1.9e9, 1), (2.1e9, 1), (1.8e9, 1), (2.5e9, 1), (1.5e9, 2)]:
            disk.return_value = Usage(1e12, 1e12 - free, free)
            watched.look(20.0)
            assert watched.receiver.told == [("disk", 1)] * told
    finally:
        watched.close()


def test_the_heart_beats_as_long_as_the_run_lives(tmp_path: Path) -> None:
    with web_server() as server:
        beat = HeartbeatEntry.model_validate({"url": server.url, "every": "1 min"})
        watched = WatchedRecord(tmp_path / "run", ALERTS.model_copy(update={"heartbeat": beat}))
        try:
            watched.pass_by(290.0, every_s=10.0)
            assert len(server.posts) == 5
            watched.pass_by(900.0, every_s=60.0, growing=False)
            assert 9 <= len(server.posts) <= 10, "it falls silent once the record is stale"
        finally:
            watched.close()


@pytest.mark.parametrize("shorted", [False, True], ids=["healthy", "shorted"])
def test_a_short_is_seen_without_a_trigger_of_the_protocol(watched: WatchedRecord, shorted: bool) -> None:
    block = sample_block(0, 60)
    if shorted:
        block["voltage_V"][40:] = 0.02
    step = step_values(Step(1, Galvanostatic(120e-6), Guard((2.4, 4.35), (-1e-3, 1e-3), 1e5)))
    start = watched.record.intent(0.0, "potentiostat", "start step", True, step=step, name="charge")
    watched.record.samples(block[:50])
    watched.look()
    assert watched.receiver.told == [], "nothing is known of a step whose start has no outcome yet"
    watched.record.outcome(start, 0.1, True)
    watched.record.samples(block[50:])
    watched.look()
    assert watched.receiver.told == ([("short", 1)] if shorted else [])
