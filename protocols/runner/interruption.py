"""Ctrl-C: the first one ends the run safely; nothing is left half said, and the record is closed all the same."""

import asyncio
import signal
import threading
from collections.abc import Callable
from types import FrameType, TracebackType

import anyio

__all__ = ["Interruption"]


class Interruption:
    """Turns SIGINT and SIGTERM into the cancellation of a scope, while the block lasts.

    In a thread that is not the main one nothing is installed: whoever owns the main thread owns the signals.

    Args:
        heard: told the number of each signal, in the signal handler.
    """

    def __init__(self, heard: Callable[[int], None] | None = None) -> None:
        self._heard = heard
        self.happened = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._scope: anyio.CancelScope | None = None
        self._before: dict[signal.Signals, object] = {}

    def __enter__(self) -> "Interruption":
        if threading.current_thread() is threading.main_thread():
            for kind in (signal.SIGINT, signal.SIGTERM):
                self._before[kind] = signal.signal(kind, self._caught)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for caught, before in self._before.items():
            signal.signal(caught, before)  # type: ignore[arg-type]  # what signal.signal itself returned

    def cancels(self, scope: anyio.CancelScope) -> None:
        """Name the scope that an interruption cancels; to be called from the loop in which it is entered."""
        self._scope, self._loop = scope, asyncio.get_running_loop()
        if self.happened:
            scope.cancel()

    def interrupt(self) -> None:
        """What Ctrl-C does; safe to call from a signal handler or another thread."""
        self.happened = True
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._cancel)

    def _cancel(self) -> None:
        if self._scope is not None:
            self._scope.cancel()

    def _caught(self, number: int, frame: FrameType | None) -> None:
        del frame
        self.interrupt()
        if self._heard is not None:
            self._heard(number)
