"""The hand of the page, on a run in another thread."""

from pathlib import Path

import anyio

from operando.drivers.clock import RealClock
from operando.protocols.live.hand import Act, Hand
from operando.protocols.live.watch import Watch
from operando.protocols.reading import open_run
from operando.protocols.runner.steering_channel import Wish

__all__ = ["hand_does"]


def hand_does(folder: Path, *wishes: Wish) -> list[Act]:
    """What the page answers to wishes, one after the other."""

    async def ask() -> list[Act]:
        watch = Watch(open_run(folder), RealClock())
        hand, acts = Hand(watch), []
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(watch.follow)
            acts.extend([await hand.do(wish) for wish in wishes])
            tasks.cancel_scope.cancel()
        return acts

    return anyio.run(ask)
