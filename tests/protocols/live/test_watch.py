"""What a page looks at: nothing is missed, neither of a drive that was away nor between two looks."""

from pathlib import Path

import anyio
from pytest_mock import MockerFixture
from support.made_up_run import run_header
from support.samples import sample_block

from operando.drivers.clock import VirtualClock
from operando.drivers.timeline import run
from operando.protocols.live.watch import LOOK_EVERY_S, Watch
from operando.protocols.reading import open_run
from operando.protocols.reading.run import Run
from operando.protocols.record import RunRecord


def test_what_cannot_be_read_for_a_moment_is_looked_for_again(tmp_path: Path, mocker: MockerFixture) -> None:
    record = RunRecord.create(tmp_path / "run", run_header())
    watch, clock = Watch(open_run(tmp_path / "run"), VirtualClock()), VirtualClock()
    told: list[bytes] = []

    async def main() -> None:
        async with anyio.create_task_group() as tasks:
            away = mocker.patch.object(Run, "refresh", side_effect=OSError("the drive is away"))
            tasks.start_soon(watch.follow)
            await anyio.sleep(3 * LOOK_EVERY_S)
            told.append(watch.parts["unreadable"].data)
            mocker.stop(away)
            record.samples(sample_block([1.0, 2.0], 3.6))
            await anyio.sleep(2 * LOOK_EVERY_S)
            tasks.cancel_scope.cancel()

    run(clock, main)
    record.release()
    assert told == [b'"the drive is away"']
    assert watch.parts["unreadable"].data == b'""'
    assert b'"samples":2' in watch.parts["cell"].data


def test_a_section_that_is_not_due_when_its_event_comes_is_made_anew_as_soon_as_it_is(tmp_path: Path) -> None:
    """A question that follows an answer at once, and then nothing for hours."""
    record, clock = RunRecord.create(tmp_path / "run", run_header()), VirtualClock()
    record.event(0.0, "operator", "question", "Is the lid closed?", answers=["yes"])
    watch = Watch(open_run(tmp_path / "run"), clock)
    record.event(1.0, "operator", "answer", "yes")
    record.event(1.1, "operator", "question", "Is the door closed?", answers=["yes"])
    for _ in range(5):
        clock.sleep_until(clock.now() + LOOK_EVERY_S)
        watch.look()
    record.release()
    assert b"Is the door closed?" in watch.parts["preparation"].data
