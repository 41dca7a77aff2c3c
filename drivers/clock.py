"""The one module that reads and spends time.

Every part of operando takes a `Clock`. All `sim://` means virtual time, in which forty hours of
experiment pass in seconds and nothing depends on the speed of the machine; anything real means the real clock.

Times are seconds on the run's own monotonic timeline. Wall time is recorded beside it and never used for order.
"""

import math
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol, Self

__all__ = ["VIRTUAL_EPOCH", "Charge", "Clock", "RealClock", "VirtualClock"]

VIRTUAL_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
"""The wall time at which a virtual timeline begins, so that equal seeds give equal bytes."""


class Clock(Protocol):
    """Where time comes from.

    `sleep_until` blocks the caller; a runner's tasks await time on the event loop instead.
    """

    @property
    def virtual(self) -> bool:
        """Whether time passes only when somebody waits for it."""
        ...

    @property
    def epoch(self) -> datetime:
        """The wall time, in UTC, at which the timeline was at zero."""
        ...

    def now(self) -> float:
        """Seconds on the timeline of this clock."""
        ...

    def wall(self) -> datetime:
        """The wall time of `now()`, in UTC."""
        ...

    def sleep_until(self, when: float) -> None:
        """Let time pass until `when`; return at once if that is over."""
        ...


class RealClock:
    """Time as it passes: monotonic, starting at zero when the clock is made.

    Args:
        epoch: to go on with a timeline of before: the wall time, in UTC, of its zero.
        not_before_s: a time that the timeline has reached for certain; it stands though the wall clock was set back.
    """

    virtual = False

    def __init__(self, epoch: datetime | None = None, not_before_s: float = 0.0) -> None:
        now = datetime.now(UTC)
        self.epoch = epoch or now
        self._started = time.monotonic() - max((now - self.epoch).total_seconds(), not_before_s)

    def now(self) -> float:
        return time.monotonic() - self._started

    def wall(self) -> datetime:
        return self.epoch + timedelta(seconds=self.now())

    def sleep_until(self, when: float) -> None:
        remaining = when - self.now()
        if remaining > 0:
            time.sleep(remaining)


class VirtualClock:
    """Time that passes only when somebody waits for it.

    A script on its own lets time pass by `sleep_until`. Under a runner several tasks share the timeline: a driver call
    runs at one instant inside `charging()`, what it waited for is charged to the caller, and the caller then
    awaits that much on the event loop, so that other tasks interleave as they would on real wires.

    Args:
        epoch: the wall time of its zero.
        pace: at most so many times as fast as real time, for people who look on; it changes nothing else.
    """

    virtual = True

    def __init__(self, epoch: datetime = VIRTUAL_EPOCH, pace: float = math.inf) -> None:
        self._now = 0.0
        self.epoch = epoch
        self.pace = pace
        self._charge: float | None = None

    def now(self) -> float:
        return self._now + (self._charge or 0.0)

    def wall(self) -> datetime:
        return self.epoch + timedelta(seconds=self.now())

    def sleep_until(self, when: float) -> None:
        if self._charge is None:
            self._now = max(self._now, when)
        else:
            self._charge = max(self._charge, when - self._now)

    def charging(self) -> "Charge":
        """Charge the time waited for inside the `with` block to the caller instead of letting it pass.

        Raises:
            RuntimeError: on entering, if a charge is open already; exchanges do not nest.
        """
        return Charge(self)

    def _begin_charge(self) -> None:
        if self._charge is not None:
            raise RuntimeError("a charge is open already: exchanges with instruments do not nest")
        self._charge = 0.0

    def _end_charge(self) -> float:
        charged, self._charge = self._charge or 0.0, None
        return charged


class Charge:
    """The seconds that an exchange took, known once it is over."""

    __slots__ = ("_clock", "seconds")

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self.seconds = 0.0

    def __enter__(self) -> Self:
        self._clock._begin_charge()
        return self

    def __exit__(self, *raised: object) -> None:
        self.seconds = self._clock._end_charge()
