"""One way in which a trigger fires: a state that comes true, or a moment at which its states hold."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from operando.protocols.trigger_conditions import AllOf, Condition, Source, is_moment, values_of
from operando.protocols.triggers.detector import Detector
from operando.protocols.triggers.moments import MomentWatch, moment_watch
from operando.protocols.triggers.states import state_watch
from operando.protocols.triggers.step_facts import StepFacts
from operando.protocols.triggers.ticks import Ticks

__all__ = ["Alternative", "Truth"]


@dataclass(frozen=True, slots=True)
class Truth:
    """It came true; `already` if it has held ever since it was armed."""

    time_s: float
    value: float
    detail: str = ""
    already: bool = False


class Alternative:
    """Follows one condition without an `any` at its top.

    Args:
        condition: a state, a moment, or `AllOf` with at most one moment in it.
        detectors: makers, by name.
    """

    def __init__(self, condition: Condition, detectors: Mapping[str, Callable[[], Detector]]) -> None:
        parts = condition.parts if isinstance(condition, AllOf) else (condition,)
        states = tuple(part for part in parts if not is_moment(part))
        self.moment = next((part for part in parts if is_moment(part)), None)
        self._moments: MomentWatch | None = None if self.moment is None else moment_watch(self.moment, detectors)
        self._state = state_watch(AllOf(states)) if states else None
        self._main: Source | None = next((value.source for value in values_of(condition)), None)
        self._value = math.nan
        self._holds = False
        self._seen = self._main is not None and self._main.quantity == "dose"
        """Whether its states are known; a dose is, before the first picture: there is none."""
        self._held_since_armed: bool | None = None
        self._open = False

    @property
    def holds(self) -> bool:
        """Whether its states hold now."""
        return self._state is None or self._holds

    @property
    def value(self) -> float:
        """The last value of what it looks at."""
        return self._value

    def arm(self, step: StepFacts | None, lead_s: float, *, anew: bool) -> None:
        """Begin anew: with a step, or with the run.

        Args:
            step: that has begun; None at the start of the run.
            lead_s: how long the capture takes, for `just_before_end_of`.
            anew: whether its states begin with the step; otherwise they go on from what is known.
        """
        if step is not None:
            if self._moments is not None:
                self._moments.step_started(step, lead_s)
            if self._state is not None:
                self._state.step_started()
        self._held_since_armed = None if anew or not self._seen else self._holds
        self._open = False

    def unsettled(self, ticks: Ticks) -> None:
        """Ticks before it may fire; what comes true meanwhile is not forgotten."""
        if self._moments is not None:
            self._moments.unsettled(ticks)
        self._follow(ticks)

    def over(self, ticks: Ticks) -> Iterator[Truth]:
        """What comes true in ticks at which it may fire, in order of time."""
        if not ticks.size:
            return
        if not self._open and self._state is not None:
            self._state.settled()
        before, always = self._holds and self._open, self._held_since_armed
        holds = self._follow(ticks)
        opens, self._open = not self._open, True
        if self._moments is not None:
            for moment in self._moments.over(ticks):
                if holds[moment.index]:
                    value = self._at(ticks, moment.index) if math.isnan(moment.value) else moment.value
                    yield Truth(moment.time_s, value, moment.detail)
        elif self.moment is None:
            for index in np.flatnonzero(holds & ~np.concatenate(([before], holds[:-1]))):
                already = opens and index == 0 and always is not False
                yield Truth(float(ticks.time_s[index]), self._at(ticks, int(index)), already=already)

    def _follow(self, ticks: Ticks) -> NDArray[np.bool_]:
        if self._main is not None and (values := ticks.of(self._main)) is not None:
            known = values[np.isfinite(values)]
            self._value = float(known[-1]) if known.size else self._value
        if self._state is None or not ticks.size:
            return np.ones(ticks.size, np.bool_)
        holds = self._state.over(ticks)
        self._seen, self._holds = True, bool(holds[-1])
        self._held_since_armed = self._held_since_armed is not False and bool(holds.all())
        return holds

    def _at(self, ticks: Ticks, index: int) -> float:
        values = None if self._main is None else ticks.of(self._main)
        return self._value if values is None else float(values[index])
