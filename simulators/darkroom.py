"""Where pictures are drawn: at once in virtual time, beside everything else in real time.

Drawing a field for the first time takes a second or more. A real microscope answers meanwhile, and so does every other
instrument of the bench; under a real clock the server therefore draws in a thread of its own.
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Protocol, TypeVar

__all__ = ["AtOnce", "Beside", "Darkroom"]

Drawn = TypeVar("Drawn")


class Darkroom(Protocol):
    """Draws what was exposed: only what lies in the past of the world, so that the world may go on meanwhile."""

    def develop(self, draw: Callable[[], Drawn]) -> "Future[Drawn]":
        """Draw, now or beside; one after the other, in the order of asking."""
        ...


class AtOnce:
    """Draws while the caller waits: in virtual time that takes no time."""

    def develop(self, draw: Callable[[], Drawn]) -> "Future[Drawn]":
        developed: Future[Drawn] = Future()
        developed.set_result(draw())
        return developed


class Beside:
    """Draws in a thread of its own.

    Args:
        when_done: called from that thread after each drawing.
    """

    def __init__(self, when_done: Callable[[], object]) -> None:
        self._when_done = when_done
        self._thread = ThreadPoolExecutor(1, "darkroom")

    def develop(self, draw: Callable[[], Drawn]) -> "Future[Drawn]":
        developed = self._thread.submit(draw)
        developed.add_done_callback(lambda _: self._when_done())
        return developed

    def close(self) -> None:
        """Wait for what is being drawn; nothing more will be."""
        self._thread.shutdown(cancel_futures=True)
