"""The four timers of the trigger model (2461 reference manual, 6-235 to 6-241)."""

from dataclasses import dataclass
from math import floor, inf

__all__ = ["TriggerTimer"]

ROUNDING = 1e-9


@dataclass(slots=True)
class TriggerTimer:
    """Started by a notify event, it makes an event after each delay; count 0 means for ever.

    An event that nobody waited for is remembered, one at a time.
    """

    delay_s: float = 1e-5
    count: int = 1
    stimulus: str = "NONE"
    enabled: bool = False
    generates_at_start: bool = False
    _started_s: float = inf
    _taken: int = 0

    def notified(self, event: str, now: float) -> None:
        """An event happens that may start the timer."""
        if self.enabled and event == self.stimulus:
            self._started_s, self._taken = now, -1 if self.generates_at_start else 0

    def stop(self) -> None:
        """Forget that it was started."""
        self._started_s = inf

    def take(self, now: float) -> bool:
        """Whether an event has come since the last time; it is not remembered any more."""
        if self._started_s == inf:
            return False
        made = floor((now - self._started_s) / self.delay_s + ROUNDING)
        made = min(made, self.count) if self.count else made
        came = made > self._taken
        self._taken = max(self._taken, made)
        return came

    def next_s(self) -> float:
        """When the next event comes; infinity if none does."""
        if self._started_s == inf or (self.count and self._taken >= self.count):
            return inf
        return self._started_s + (self._taken + 1) * self.delay_s
