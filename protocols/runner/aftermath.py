"""After the potentiostat has failed: the cell is made safe at once, and the failure is looked at for a while."""

import anyio

from operando.drivers.bench import Bench
from operando.drivers.errors import OperandoError
from operando.drivers.timeline import sleep_until
from operando.protocols.policies import ImageTheFailure
from operando.protocols.program import Program
from operando.protocols.record import RunRecord
from operando.protocols.runner.imaging import Imaging
from operando.protocols.runner.reconnection import Reconnection

__all__ = ["Aftermath"]


class Aftermath:
    """Takes captures in turn while the cell is brought to safety, which never waits for a picture.

    Args:
        program: with the captures.
        bench: with the potentiostat that failed.
        record: of the run.
        reconnection: tries the potentiostat until it confirms that the cell is safe.
        imaging: takes the captures.
    """

    def __init__(
        self, program: Program, bench: Bench, record: RunRecord, reconnection: Reconnection, imaging: Imaging
    ) -> None:
        self._program = program
        self._bench = bench
        self._record = record
        self._reconnection = reconnection
        self._imaging = imaging

    async def look(self, wish: ImageTheFailure, error: OperandoError) -> None:
        """Look for as long as was wished; returns then, whatever the potentiostat does meanwhile."""
        clock = self._bench.clock
        ends_s = clock.now() + wish.for_s
        names = ", ".join(wish.captures)
        self._record.event(
            clock.now(),
            "imaging",
            "imaging the failure",
            f"{names} every {wish.every_s:g} s for {wish.for_s:g} s: {type(error).__name__}: {error}",
            captures=list(wish.captures),
            for_s=wish.for_s,
        )
        with anyio.move_on_after(wish.for_s):
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(self._make_cell_safe, error)
                round_s = clock.now()
                while round_s < ends_s:
                    for name in wish.captures:
                        capture = self._program.captures[name]
                        reason = f"after the failure of {self._bench.potentiostat.name}"
                        line = capture.line
                        await self._imaging.take(capture, reason, line, at_most_s=max(0.0, ends_s - clock.now()))
                    round_s += wish.every_s
                    await sleep_until(clock, round_s)

    async def _make_cell_safe(self, error: OperandoError) -> None:
        await self._reconnection.safe_again("cycling", (self._bench.potentiostat,), error)
