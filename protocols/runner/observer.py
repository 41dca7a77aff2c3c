"""Who wants to see a run while it goes on: a progress bar, a log, nobody."""

from typing import Protocol

from numpy import void
from numpy.typing import NDArray

from operando.protocols.runner.step_in_progress import StepInProgress

__all__ = ["Observer", "Silent"]


class Observer(Protocol):
    """Told what happens; must return at once and never raise."""

    def step_started(self, running: StepInProgress) -> None: ...

    def samples(self, block: NDArray[void]) -> None: ...

    def pictures(self, count: int) -> None: ...

    def message(self, time_s: float, text: str) -> None: ...


class Silent:
    """Sees everything and says nothing."""

    def step_started(self, running: StepInProgress) -> None:
        pass

    def samples(self, block: NDArray[void]) -> None:
        pass

    def pictures(self, count: int) -> None:
        pass

    def message(self, time_s: float, text: str) -> None:
        pass
