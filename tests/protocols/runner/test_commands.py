"""A command that must be on the disk first is sent once it is there, and never after the run was ended meanwhile."""

import errno
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import anyio
import pytest
from pytest_mock import MockerFixture
from support.made_up_run import run_header

from operando.drivers.clock import RealClock
from operando.drivers.roles import Identity, SafeState, Safety
from operando.drivers.seam import Seam
from operando.drivers.timeline import run
from operando.protocols.record import RecordError, RunRecord, system
from operando.protocols.record.reader import read_journal
from operando.protocols.runner.commands import Commands

PATIENT_S = 30.0


class Source:
    """An instrument with an output."""

    name = "source"
    connection = "serial line"
    keep_alive_every_s = None

    def __init__(self) -> None:
        self.switched_on = 0

    def switch_on(self) -> None:
        self.switched_on += 1

    def identify(self) -> Identity:
        return Identity("maker", "source", "1", "1", self.connection)

    def keep_alive(self) -> None:
        pass

    def make_safe(self) -> SafeState:
        return SafeState(self.name, Safety.CONFIRMED, "output off")

    def close(self) -> None:
        pass


@pytest.fixture
def record(tmp_path: Path) -> Iterator[RunRecord]:
    record = RunRecord.create(tmp_path / "run", run_header(simulated=False), beside=True)
    yield record
    record.release()


def journal_of(record: RunRecord) -> list[tuple[object, object]]:
    return [(entry["entry"], entry.get("ok")) for entry in read_journal(record.folder) if entry["id"] == 1]


def test_it_is_sent_only_once_the_disk_has_the_intent(record: RunRecord, mocker: MockerFixture) -> None:
    source, clock = Source(), RealClock()
    seam = Seam(clock)
    commands = Commands(seam, record, clock)
    synced_before: list[int] = []
    real = system.sync_data

    def sync(descriptor: int) -> None:
        synced_before.append(source.switched_on)
        real(descriptor)

    mocker.patch.object(system, "sync_data", sync)
    run(clock, lambda: commands.effect(source, "switch on", source.switch_on, sync=True))
    seam.close()
    assert (synced_before[:1], source.switched_on) == ([0], 1)
    assert journal_of(record) == [("intent", None), ("outcome", True)]


def test_what_is_ended_while_the_disk_works_is_not_sent_any_more(record: RunRecord, mocker: MockerFixture) -> None:
    source, clock = Source(), RealClock()
    seam = Seam(clock)
    commands = Commands(seam, record, clock)
    under_way, go_on = threading.Event(), threading.Event()
    real = system.sync_data

    def slow(descriptor: int) -> None:
        under_way.set()
        go_on.wait(PATIENT_S)
        real(descriptor)

    mocker.patch.object(system, "sync_data", slow)

    async def main() -> None:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(lambda: commands.effect(source, "switch on", source.switch_on, sync=True))
            await anyio.to_thread.run_sync(under_way.wait, PATIENT_S)
            tasks.cancel_scope.cancel()
            go_on.set()

    run(clock, main)
    seam.close()
    assert source.switched_on == 0
    assert journal_of(record) == [("intent", None), ("outcome", False)]


def test_what_the_disk_does_not_confirm_is_never_sent(record: RunRecord, mocker: MockerFixture) -> None:
    source, clock = Source(), RealClock()
    seam = Seam(clock)
    commands = Commands(seam, record, clock)
    mocker.patch.object(system, "sync_data", side_effect=OSError(errno.EIO, os.strerror(errno.EIO)))
    with pytest.raises(RecordError, match=r"journal\.jsonl"):
        run(clock, lambda: commands.effect(source, "switch on", source.switch_on, sync=True))
    seam.close()
    assert source.switched_on == 0
    assert journal_of(record) == [("intent", None)]
