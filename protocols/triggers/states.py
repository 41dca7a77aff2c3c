"""States, which hold or not at each tick: comparisons of a value, and their combinations."""

from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from operando.protocols.trigger_conditions import AllOf, AnyOf, Changes, Condition, Crosses, Not, Rate, Source, Value
from operando.protocols.triggers.ticks import Ticks
from operando.protocols.triggers.windows import SlidingWindow

__all__ = ["StateWatch", "state_watch"]

Bools = NDArray[np.bool_]
Values = NDArray[np.float64]
Kind = TypeVar("Kind", np.bool_, np.float64)

REARM_SHARE = 0.25
"""A change has gone when less than this share of it is left in the window."""


class StateWatch(Protocol):
    """Follows one state through ticks of all sources; between the ticks of its own a state stays as it is."""

    def step_started(self) -> None:
        """What comes from the cell begins anew: the jump from step to step is no crossing."""
        ...

    def settled(self) -> None:
        """From here on it counts: a state that holds only by its hysteresis does not hold."""
        ...

    def over(self, ticks: Ticks) -> Bools:
        """Whether it holds, shape (n,)."""
        ...


def state_watch(condition: Condition) -> StateWatch:
    """What follows a state.

    Raises:
        ValueError: if the condition is a moment, which holds never.
    """
    match condition:
        case Crosses() | Changes() | Rate():
            return _ValueWatch(condition)
        case AllOf(parts):
            return _Combination(tuple(map(state_watch, parts)), every=True)
        case AnyOf(parts):
            return _Combination(tuple(map(state_watch, parts)), every=False)
        case Not(part):
            return _Opposite(state_watch(part))
    raise ValueError(f"{condition} is a moment, no state")


class _ValueWatch:
    """One comparison: a latch with hysteresis, and how long it must hold."""

    def __init__(self, condition: Value) -> None:
        self._condition = condition
        self._window = SlidingWindow(0.0 if isinstance(condition, Crosses) else condition.over_s)
        self._dwell_s = condition.for_s if isinstance(condition, Crosses) else 0.0
        self._clear()

    @property
    def source(self) -> Source:
        return self._condition.source

    def _clear(self) -> None:
        self._window.clear()
        self._latched = self._beyond = self._holds = False
        self._since_s = np.inf
        self._first = True

    def step_started(self) -> None:
        if self.source.of_samples:
            self._clear()

    def settled(self) -> None:
        self._latched = self._latched and self._beyond
        self._holds = self._holds and self._latched

    def over(self, ticks: Ticks) -> Bools:
        values = ticks.of(self.source)
        if values is None or not ticks.size:
            return np.full(ticks.size, self._holds)
        known = np.isfinite(values)
        if not known.all():
            return self._with_gaps(ticks.time_s, values, known)
        return self._judge(ticks.time_s, values)

    def _with_gaps(self, times_s: Values, values: Values, known: Bools) -> Bools:
        """A value that is not known changes nothing."""
        before = self._holds
        if not known.any():
            return np.full(values.size, before)
        judged = np.concatenate(([before], self._judge(times_s[known], values[known])))
        chosen: Bools = judged[np.cumsum(known)]
        return chosen

    def _judge(self, times_s: Values, values: Values) -> Bools:
        beyond, back = self._compare(times_s, values)
        latched = _held_on(beyond, beyond | back, self._latched)
        holds = self._long_enough(times_s, latched)
        self._first = False
        self._latched, self._beyond, self._holds = bool(latched[-1]), bool(beyond[-1]), bool(holds[-1])
        return holds

    def _compare(self, times_s: Values, values: Values) -> tuple[Bools, Bools]:
        """Where the state comes true, and where it ends."""
        match self._condition:
            case Crosses(threshold=threshold, direction=direction, hysteresis=hysteresis):
                distance = _sign(direction) * (values - threshold)
                return distance >= 0, distance < -hysteresis
            case Changes(by=by, direction=direction):
                change = self._window.largest_change(times_s, values, _sign(direction))
                return change >= by, change < REARM_SHARE * by
            case Rate(rate_per_s=limit, direction=direction):
                rates = self._window.rates(times_s, values)
                fast = np.abs(rates) <= limit if direction == "slower" else _sign(direction) * rates >= limit
                return fast, ~fast

    def _long_enough(self, times_s: Values, latched: Bools) -> Bools:
        if not self._dwell_s:
            return latched
        began = latched & ~np.concatenate(([self._latched], latched[:-1]))
        starts = np.where(began, times_s, np.inf)
        if self._first and began[0]:
            starts[0] = -np.inf  # it holds since before anyone looked
        since = _held_on(starts, began | ~latched, self._since_s)
        self._since_s = float(since[-1])
        held: Bools = latched & (times_s - since >= self._dwell_s)
        return held


class _Combination:
    """All of some states, or any of them."""

    def __init__(self, parts: tuple[StateWatch, ...], *, every: bool) -> None:
        self._parts = parts
        self._every = every

    def step_started(self) -> None:
        for part in self._parts:
            part.step_started()

    def settled(self) -> None:
        for part in self._parts:
            part.settled()

    def over(self, ticks: Ticks) -> Bools:
        together = np.array([part.over(ticks) for part in self._parts])
        holds: Bools = np.logical_and.reduce(together) if self._every else np.logical_or.reduce(together)
        return holds


class _Opposite:
    """A state does not hold."""

    def __init__(self, part: StateWatch) -> None:
        self._part = part

    def step_started(self) -> None:
        self._part.step_started()

    def settled(self) -> None:
        self._part.settled()

    def over(self, ticks: Ticks) -> Bools:
        return ~self._part.over(ticks)


def _sign(direction: str) -> float:
    return 1.0 if direction == "rises" else -1.0


def _held_on(values: NDArray[Kind], changed: Bools, before: float) -> NDArray[Kind]:
    """Each value where it changed, in between the last one; `before` until the first change."""
    last = np.maximum.accumulate(np.where(changed, np.arange(changed.size), -1))
    held: NDArray[Kind] = np.where(last >= 0, values[last], np.asarray(before, values.dtype))
    return held
