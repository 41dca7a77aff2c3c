"""What is known of a run at one look: the parts of the page are made from it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydantic import JsonValue

from operando.protocols.live.documents import Documents
from operando.protocols.live.steps import StartedStep
from operando.protocols.reading import Event, Run, RunStatus

__all__ = ["Look", "plain"]


@dataclass(frozen=True, slots=True)
class Look:
    """A run as it stood on the disk a moment ago.

    Args:
        status: closed, running or killed.
        steps: every step that was started.
        events: all of them.
        age_s: since something new was found in the record.
    """

    run: Run
    documents: Documents
    status: RunStatus
    steps: Sequence[StartedStep]
    events: Sequence[Event]
    age_s: float

    @property
    def samples(self) -> NDArray[np.void]:
        return self.run.samples

    @property
    def now_s(self) -> float:
        """The latest run time that the record knows of."""
        sample_s = float(self.samples["time_s"][-1]) if self.samples.size else 0.0
        return max(sample_s, self.events[-1].time_s if self.events else 0.0)

    @property
    def ending(self) -> Event | None:
        """What says how the run ended; None while it goes on, or if it was killed."""
        for event in reversed(self.events):
            if event.source == "run" and "exit_code" in event.details:
                return event
            if event.source == "run" and event.kind == "resumed":
                return None
        return None

    @property
    def over(self) -> bool:
        """Whether nothing more will come."""
        return self.ending is not None or self.status in (RunStatus.CLOSED, RunStatus.PARKED, RunStatus.KILLED)

    @property
    def running_step(self) -> StartedStep | None:
        """The step that runs; None between two steps."""
        return self.steps[-1] if self.steps and self.steps[-1].ended_s is None else None

    @property
    def of_this_process(self) -> Sequence[Event]:
        """Events since the run was last taken up: what an earlier process held as tripped or lost ended with it."""
        for at in range(len(self.events) - 1, -1, -1):
            if self.events[at].source == "run" and self.events[at].kind == "resumed":
                return self.events[at:]
        return self.events

    def last(self, source: str, *kinds: str) -> Event | None:
        """The latest event of one of some kinds."""
        for event in reversed(self.events):
            if event.source == source and event.kind in kinds:
                return event
        return None


def plain(value: float | None) -> JsonValue:
    """A number for JSON, which knows neither NaN nor infinity."""
    return None if value is None or not math.isfinite(value) else float(value)
