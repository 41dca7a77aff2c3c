"""What is still to happen in the world, in the order of time."""

import heapq
from collections.abc import Callable

__all__ = ["Schedule"]


class Schedule:
    """Events on the world's timeline: in the order of time, ties in the order of asking."""

    def __init__(self) -> None:
        self._events: list[tuple[float, int, Callable[[float], None]]] = []
        self._asked = 0
        self._now = 0.0
        self._advancing = False

    @property
    def now(self) -> float:
        """The latest time that the world has reached; while an event happens, its time."""
        return self._now

    def call_at(self, when: float, action: Callable[[float], None]) -> None:
        """Have an action done at a time; it is told that time.

        An action for a time that is over is done at the next `advance`.
        """
        heapq.heappush(self._events, (when, self._asked, action))
        self._asked += 1

    def advance(self, now: float) -> None:
        """Let everything happen that is due by now, including what events ask for on their way.

        Inside an event this does nothing: the world is being advanced already, and an event lives at its own time.
        If an event raises, later events stay in the schedule.
        """
        if self._advancing:
            return
        self._advancing = True
        try:
            while self._events and self._events[0][0] <= now:
                when, _, action = heapq.heappop(self._events)
                self._now = max(self._now, when)
                action(when)
            self._now = max(self._now, now)
        finally:
            self._advancing = False
