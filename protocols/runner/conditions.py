"""Conditions of `when`: each looks at the same samples that go to disk, and says when it has come true."""

import math
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from operando.protocols.program import (
    AfterEndOf,
    BeforeEndOf,
    ChargePassed,
    Condition,
    Every,
    VoltageChanges,
    VoltageCrosses,
)
from operando.protocols.runner.cell_timeline import CellTimeline
from operando.protocols.runner.prediction import EndForecast
from operando.protocols.runner.step_in_progress import StepInProgress

__all__ = ["Watcher", "watcher_of"]

REARM_SHARE = 0.25
"""A change must recover by this share before the same watcher can fire again."""


class Watcher(Protocol):
    """Sees every block of samples of the steps that concern it."""

    def step_started(self, running: StepInProgress) -> None: ...

    def unsettled(self, block: NDArray[np.void]) -> None:
        """Samples before the `settled` time: they fire nothing, but what crosses meanwhile is not forgotten."""
        ...

    def samples(self, block: NDArray[np.void], running: StepInProgress, cell: CellTimeline) -> float | None:
        """Run time at which the condition came true, or None."""
        ...


class _BeforeEnd:
    """Fires once in each step, when what remains is what the capture takes."""

    def __init__(self, condition: BeforeEndOf, lead_s: float) -> None:
        self._step = condition.step
        self._lead_s = lead_s
        self._armed = False
        self._forecast = EndForecast()

    def step_started(self, running: StepInProgress) -> None:
        self._armed = running.name == self._step

    def unsettled(self, block: NDArray[np.void]) -> None:
        del block  # the end of a step is foreseen from its last samples alone

    def samples(self, block: NDArray[np.void], running: StepInProgress, cell: CellTimeline) -> float | None:
        if not self._armed:
            return None
        if self._forecast.remaining_s(running, cell) > self._lead_s:
            return None
        self._armed = False
        return float(block["time_s"][-1])


class _Charge:
    """Fires each time that a portion of charge has passed in a step."""

    def __init__(self, condition: ChargePassed) -> None:
        self._portion_C = condition.every_C
        self._next_C = condition.every_C

    def step_started(self, running: StepInProgress) -> None:
        del running
        self._next_C = self._portion_C

    def unsettled(self, block: NDArray[np.void]) -> None:
        del block

    def samples(self, block: NDArray[np.void], running: StepInProgress, cell: CellTimeline) -> float | None:
        del running, cell
        passed = np.abs(block["charge_C"])
        if passed[-1] < self._next_C:
            return None
        when = float(block["time_s"][np.argmax(passed >= self._next_C)])
        self._next_C = (math.floor(float(passed[-1]) / self._portion_C) + 1) * self._portion_C
        return when


class _Crossing:
    """Fires when the voltage goes through a value; a step that starts beyond it has not crossed."""

    def __init__(self, condition: VoltageCrosses) -> None:
        self._threshold_V = condition.threshold_V
        self._sign = 1.0 if condition.direction == "rises" else -1.0
        self._was_beyond: bool | None = None

    def step_started(self, running: StepInProgress) -> None:
        del running
        self._was_beyond = None

    def unsettled(self, block: NDArray[np.void]) -> None:
        if self._was_beyond is None:  # where the step began; a crossing until it has settled fires when it has
            self._was_beyond = bool(self._sign * (block["voltage_V"][0] - self._threshold_V) >= 0)

    def samples(self, block: NDArray[np.void], running: StepInProgress, cell: CellTimeline) -> float | None:
        del running, cell
        beyond = self._sign * (block["voltage_V"] - self._threshold_V) >= 0
        before = np.concatenate(([bool(beyond[0]) if self._was_beyond is None else self._was_beyond], beyond[:-1]))
        self._was_beyond = bool(beyond[-1])
        crossed = np.flatnonzero(beyond & ~before)
        return float(block["time_s"][crossed[0]]) if crossed.size else None


class _Change:
    """Fires when the voltage has changed by so much within a time; again only after it has recovered."""

    def __init__(self, condition: VoltageChanges) -> None:
        self._by_V = condition.by_V
        self._over_s = condition.over_s
        self._sign = 1.0 if condition.direction == "rises" else -1.0
        self._armed = True

    def step_started(self, running: StepInProgress) -> None:
        del running
        self._armed = True

    def unsettled(self, block: NDArray[np.void]) -> None:
        del block

    def samples(self, block: NDArray[np.void], running: StepInProgress, cell: CellTimeline) -> float | None:
        window = cell.recent(float(block["time_s"][0]) - self._over_s, running.number)
        for sample in block:
            now = float(sample["time_s"])
            inside = window[(window["time_s"] >= now - self._over_s) & (window["time_s"] <= now)]
            change = float(np.max(self._sign * (sample["voltage_V"] - inside["voltage_V"])))
            if self._armed and change >= self._by_V:
                self._armed = False
                return now
            if change < REARM_SHARE * self._by_V:
                self._armed = True
        return None


def watcher_of(condition: Condition, lead_s: float) -> Watcher | None:
    """What watches the samples for a condition; None for those that do not depend on samples.

    Args:
        condition: of the protocol.
        lead_s: how long the capture takes, for `just_before_end_of`.
    """
    match condition:
        case BeforeEndOf():
            return _BeforeEnd(condition, lead_s)
        case ChargePassed():
            return _Charge(condition)
        case VoltageCrosses():
            return _Crossing(condition)
        case VoltageChanges():
            return _Change(condition)
        case Every() | AfterEndOf():
            return None
