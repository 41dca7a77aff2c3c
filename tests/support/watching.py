"""Somebody who steers a run at given times, from the runner's own thread."""

from collections.abc import Callable, Mapping

from numpy import void
from numpy.typing import NDArray

from operando.drivers.clock import Clock
from operando.protocols.runner.steering import Steering
from operando.protocols.runner.step_in_progress import StepInProgress

__all__ = ["Watching"]


class Watching:
    """An observer that acts with the first sample after each time.

    Args:
        clock: of the bench.
        at: what to do when.
    """

    def __init__(self, clock: Clock, at: Mapping[float, Callable[[Steering], None]]) -> None:
        self._clock = clock
        self._todo = sorted(at.items(), key=lambda item: item[0])
        self._steering: Steering | None = None

    def steered_by(self, steering: Steering) -> None:
        self._steering = steering

    def step_started(self, running: StepInProgress) -> None:
        pass

    def samples(self, block: NDArray[void]) -> None:
        while self._steering is not None and self._todo and self._todo[0][0] <= self._clock.now():
            self._todo.pop(0)[1](self._steering)

    def pictures(self, count: int) -> None:
        pass

    def message(self, time_s: float, text: str) -> None:
        pass
