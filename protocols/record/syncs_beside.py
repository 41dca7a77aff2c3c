"""Puts what is recorded on the disk beside the recording: whoever records does not wait for the disk."""

from collections.abc import Callable
from concurrent.futures import Executor, Future

__all__ = ["SyncsBeside"]

_SYNCS_A_WINDOW = 4
_Moment = tuple[float, float]
"""The latest run time that is known, and that of the newest sample."""


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
        self._begun = self._oldest = (0.0, 0.0)
        self._waiting_since: _Moment | None = None

    def recorded(self, now_s: float, sample_s: float) -> None:
        """Something was recorded at a run time; the newest sample is of another, because samples come later.

        Raises:
            RecordError: if a sync failed.
        """
        moment = now_s, sample_s
        if self._waiting_since is None:
            self._waiting_since = moment
        self._keep_window(moment)
        if _passed_s(self._begun, moment) >= self._window_s / _SYNCS_A_WINDOW:
            self.begin(*moment)
            self._keep_window(moment)

    def begin(self, now_s: float, sample_s: float) -> None:
        """Begin a sync, unless one is under way."""
        if self._under_way is None:
            self._begun = now_s, sample_s
            self._oldest = self._begun if self._waiting_since is None else self._waiting_since
            self._waiting_since = None
            self._under_way = self._executor.submit(self._sync)

    def wait(self) -> None:
        """Return once the sync that is under way is done.

        Raises:
            RecordError: if it failed.
        """
        under_way, self._under_way = self._under_way, None
        if under_way is not None:
            under_way.result()

    def _keep_window(self, moment: _Moment) -> None:
        late = self._under_way is not None and _passed_s(self._oldest, moment) >= self._window_s
        if self._under_way is not None and (late or self._under_way.done()):
            self.wait()


def _passed_s(since: _Moment, moment: _Moment) -> float:
    """A picture may end long before the samples of its time have come: what goes on of the two counts."""
    return max(moment[0] - since[0], moment[1] - since[1])
