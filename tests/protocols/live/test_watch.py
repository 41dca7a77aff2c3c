"""A page goes on looking when the drive of the record was away for a moment."""

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

    async def main() -> None:
        async with anyio.create_task_group() as tasks:
            away = mocker.patch.object(Run, "refresh", side_effect=OSError("the drive is away"))
            tasks.start_soon(watch.follow)
            await anyio.sleep(3 * LOOK_EVERY_S)
            mocker.stop(away)
            record.samples(sample_block([1.0, 2.0], 3.6))
            await anyio.sleep(2 * LOOK_EVERY_S)
            tasks.cancel_scope.cancel()

    run(clock, main)
    record.release()
    assert b"the drive is away" in watch.parts["unreadable"].data
    assert b'"samples":2' in watch.parts["cell"].data
