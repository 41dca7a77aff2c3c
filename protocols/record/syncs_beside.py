"""Puts what is recorded on the disk beside the recording: whoever records does not wait for the disk."""

from collections.abc import Callable
from concurrent.futures import Executor, Future

__all__ = ["SyncsBeside"]

_SYNCS_A_WINDOW = 4


class SyncsBeside:
    """Has everything synced often enough that a power cut takes no more than a window of run time.

    Only if the disk is so slow that it would take more, `recorded` waits for it.

    Args:
        sync: puts everything recorded so far on the disk; called on the thread of the executor.
        window_s: of run time that a power cut may take.
    """

    def __init__(self, sync: Callable[[], None], window_s: float, executor: Executor) -> None:
        self._sync = sync
        self._window_s = window_s
        self._executor = executor
        self._under_way: Future[None] | None = None
        self._begun_s = self._oldest_s = 0.0
        self._waiting_since_s: float | None = None

    def recorded(self, now_s: float) -> None:
        """Something was recorded at a run time.

        Raises:
            RecordError: if a sync failed.
        """
        if self._waiting_since_s is None:
            self._waiting_since_s = now_s
        self._keep_window(now_s)
        if now_s - self._begun_s >= self._window_s / _SYNCS_A_WINDOW:
            self.begin(now_s)
            self._keep_window(now_s)

    def begin(self, now_s: float) -> None:
        """Begin a sync, unless one is under way."""
        if self._under_way is None:
            self._begun_s = now_s
            self._oldest_s = now_s if self._waiting_since_s is None else self._waiting_since_s
            self._waiting_since_s = None
            self._under_way = self._executor.submit(self._sync)

    def wait(self) -> None:
        """Return once the sync that is under way is done.

        Raises:
            RecordError: if it failed.
        """
        under_way, self._under_way = self._under_way, None
        if under_way is not None:
            under_way.result()

    def _keep_window(self, now_s: float) -> None:
        if self._under_way is not None and (self._under_way.done() or now_s - self._oldest_s >= self._window_s):
            self.wait()
