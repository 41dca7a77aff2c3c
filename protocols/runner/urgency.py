"""The call that something more urgent waits: scans and counts hear it and give way."""

import anyio

__all__ = ["GiveWay", "Urgency"]


class GiveWay(Exception):
    """Raised where work can be left off; the message says for what."""


class Urgency:
    """Heard by whoever uses the microscope at the moment."""

    def __init__(self) -> None:
        self._called = anyio.Event()
        self._why = ""

    def call(self, why: str) -> None:
        """Ask whoever uses the microscope to give way."""
        self._why = why
        self._called.set()

    def clear(self) -> None:
        """The microscope is free."""
        if self._called.is_set():
            self._called = anyio.Event()
        self._why = ""

    def heed(self) -> None:
        """Give way here if somebody has called.

        Raises:
            GiveWay: if so.
        """
        if self._called.is_set():
            raise GiveWay(self._why)

    async def sleep(self, seconds: float) -> None:
        """Sleep, but no longer than until somebody calls.

        Raises:
            GiveWay: if somebody has called.
        """
        with anyio.move_on_after(seconds):
            await self._called.wait()
        self.heed()
