"""What a run says while it goes on where no display is shown: JSON lines for machines, nothing for files."""

import json

import numpy as np
from numpy.typing import NDArray

from operando.protocols.runner import Observer, Silent, StepInProgress

__all__ = ["observer_of"]


class _Lines:
    """One JSON object a line, for machines."""

    def step_started(self, running: StepInProgress) -> None:
        self._say(event="step started", step=running.name, cycle=running.cycle, time_s=running.started_s)

    def samples(self, block: NDArray[np.void]) -> None:
        pass

    def pictures(self, count: int) -> None:
        self._say(event="pictures", count=count)

    def message(self, time_s: float, text: str) -> None:
        self._say(event="message", time_s=time_s, text=text)

    @staticmethod
    def _say(**values: object) -> None:
        print(json.dumps(values), flush=True)  # noqa: T201  this is the output


def observer_of(*, json: bool) -> Observer:
    """What a run tells what happens."""
    return _Lines() if json else Silent()
