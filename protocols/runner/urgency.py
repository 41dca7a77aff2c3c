"""The call that something more urgent waits: scans and counts hear it and give way."""

import asyncio

__all__ = ["GiveWay", "Urgency"]


class GiveWay(Exception):
    """Raised where work can be left off; the message says for what."""


class Urgency:
    """Heard by whoever uses the microscope at the moment."""

    def __init__(self) -> None:
        self._called = False
        self._why = ""
        self._asleep: set[asyncio.Future[None]] = set()

    def call(self, why: str) -> None:
        """Ask whoever uses the microscope to give way."""
        self._why = why
        self._called = True
        for sleeper in self._asleep:
            _wake(sleeper)

    def clear(self) -> None:
        """The microscope is free."""
        self._called = False
        self._why = ""

    def heed(self) -> None:
        """Give way here if somebody has called.

        Raises:
            GiveWay: if so.
        """
        if self._called:
            raise GiveWay(self._why)

    async def sleep(self, seconds: float) -> None:
        """Sleep, but no longer than until somebody calls.

        Raises:
            GiveWay: if somebody has called.
        """
        self.heed()
        # a future and a timer instead of a cancel scope: a map sleeps here once for each of its points
        loop = asyncio.get_running_loop()
        sleeper: asyncio.Future[None] = loop.create_future()
        timer = loop.call_later(seconds, _wake, sleeper)
        self._asleep.add(sleeper)
        try:
            await sleeper
        finally:
            timer.cancel()
            self._asleep.discard(sleeper)
        self.heed()


def _wake(sleeper: "asyncio.Future[None]") -> None:
    if not sleeper.done():
        sleeper.set_result(None)
