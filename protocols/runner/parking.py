"""Ends a session of a run so that another may follow: the cell first, then a last look, then everything stands."""

from collections.abc import Callable

from operando.drivers.clock import Clock
from operando.drivers.timeline import sleep_until
from operando.protocols.runner.last_look import LastLook
from operando.protocols.runner.steering import Steering

__all__ = ["Parking", "SessionOver"]

LOOK_EVERY_S = 0.5
OVER = "the run is being parked"


class SessionOver(Exception):
    """Everything that belongs to the end of a session is done."""


class Parking:
    """Waits until somebody wants the run parked, and brings its session to an end.

    Args:
        clock: of the run.
        steering: says that it is wanted.
        cells_rest: whether each cell rests because no step may begin.
        cells_stand: whether those rests have ended, and nothing follows.
        last_look: at the sample; None without a microscope.
    """

    def __init__(
        self,
        clock: Clock,
        steering: Steering,
        cells_rest: Callable[[], bool],
        cells_stand: Callable[[], bool],
        last_look: LastLook | None,
    ) -> None:
        self._clock = clock
        self._steering = steering
        self._cells_rest = cells_rest
        self._cells_stand = cells_stand
        self._last_look = last_look

    async def follow(self) -> None:
        """Until it is parked, or cancelled.

        Raises:
            SessionOver: when it is.
        """
        while self._steering.parking is None:
            await self._steering.changed()
        await self._until(self._cells_rest)
        self._steering.close_imaging(OVER)
        look = self._last_look
        if look is not None:
            await self._until(lambda: look.done)
        self._steering.end_session()
        await self._until(self._cells_stand)
        raise SessionOver(OVER)

    async def _until(self, holds: Callable[[], bool]) -> None:
        while not holds():
            await sleep_until(self._clock, self._clock.now() + LOOK_EVERY_S)
