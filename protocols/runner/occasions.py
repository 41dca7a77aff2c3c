"""Pictures of an occasion (the start, the end, a return): once in a run, while the cell rests."""

from collections.abc import Awaitable, Callable

import anyio

from operando.drivers.clock import Clock
from operando.protocols.record import RunRecord
from operando.protocols.runner.cycling import Cycling
from operando.protocols.runner.replayed_journal import Standing
from operando.protocols.runner.shared_pauses import SharedPauses

__all__ = ["Occasions"]

AT_MOST_S = 3600.0

Look = Callable[[str], Awaitable[None]]


class Occasions:
    """Takes the pictures of occasions.

    Args:
        cycling: rests the cell meanwhile; None on a bench that does not cycle.
        standing: what an earlier process of the run has done.
        pauses: shared with a control cell.
    """

    def __init__(
        self, clock: Clock, record: RunRecord, cycling: Cycling | None, standing: Standing, pauses: SharedPauses
    ) -> None:
        self._clock = clock
        self._record = record
        self._cycling = cycling
        self._standing = standing
        self._pauses = pauses

    async def once(self, look: Look, occasion: str) -> None:
        """Once in a run, whatever became of it: what the beam has seen is not exposed again."""
        if self._standing.exposed_since(f"{occasion} begun"):
            said = "the pictures were begun when the run was killed; nothing is exposed twice"
            self._record.event(self._clock.now(), "imaging", f"pictures of the {occasion} lost", said)
        elif not self._standing.reached(f"{occasion} done"):
            self._record.progress(self._clock.now(), f"{occasion} begun")
            self._pauses.begin(occasion)
            await self.while_resting(look, occasion)
        self._pauses.end(occasion)
        self._record.progress(self._clock.now(), f"{occasion} done")

    async def while_resting(self, look: Look, occasion: str) -> None:
        """Take the pictures of an occasion while the cell rests, so that each of them knows the cell's state."""
        if self._cycling is None:
            await look(occasion)
            return
        done = anyio.Event()

        async def looking() -> None:
            await look(occasion)
            done.set()

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(looking)
            while not done.is_set():  # each ends by itself on the instrument; the microscope may be lent for long
                await self._cycling.rest(f"rest at the {occasion}", 0, AT_MOST_S, done.is_set)
