"""One thread for a library that must not be entered twice, and a bound for every call into it."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotInTime
from queue import SimpleQueue
from typing import TypeVar

from operando.drivers.errors import TransportTimeout

__all__ = ["Worker"]

Result = TypeVar("Result")


class Worker:
    """Calls run one after the other on a thread of their own; who calls waits no longer than its bound.

    A call that does not come back cannot be ended. Until it does, every other one is refused after its own bound; the
    thread is a daemon, so that the process can end all the same.

    Args:
        inline: calls run where they are made, because the library lives in virtual time.
    """

    def __init__(self, *, inline: bool = False) -> None:
        self._inline = inline
        self._jobs: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()

    def call(self, what: str, work: Callable[[], Result], timeout_s: float) -> Result:
        """Run some calls into the library without another in between.

        Raises:
            TransportTimeout: if they do not come back in time; what they were to do may still happen.
        """
        if self._inline:
            return work()
        self._start()
        future: Future[Result] = Future()
        self._jobs.put(lambda: _fulfil(future, work))
        try:
            return future.result(timeout_s)
        except NotInTime as error:
            not_begun = future.cancel()
            said = "waits behind another call that has not come back" if not_begun else "has not come back"
            raise TransportTimeout(f"{what} {said} within {timeout_s:g} s") from error

    def _start(self) -> None:
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._serve, name="eclib", daemon=True)
                self._thread.start()

    def _serve(self) -> None:
        while True:
            self._jobs.get()()


def _fulfil(future: "Future[Result]", work: Callable[[], Result]) -> None:
    if not future.set_running_or_notify_cancel():
        return
    try:
        future.set_result(work())
    except BaseException as error:  # noqa: BLE001  handed to whoever waits
        future.set_exception(error)
