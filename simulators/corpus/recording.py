"""One labelled recording: what an experiment on a simulated cell reported, and what truly happened in it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from operando.drivers.roles import Step

__all__ = ["READING", "LabelledEvent", "LabelledRecording", "RecordedStep"]

READING = np.dtype([("time_s", "<f8"), ("pressure_Pa", "<f8"), ("temperature_K", "<f8")])
"""One reading of the gauge of the box."""


@dataclass(frozen=True, slots=True)
class RecordedStep:
    """A step as the potentiostat carried it out."""

    number: int
    name: str
    started_s: float
    step: Step


@dataclass(frozen=True, slots=True)
class LabelledEvent:
    """What happened, between two times; what goes on at the end of the recording ends with it."""

    kind: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True, eq=False)
class LabelledRecording:
    """One experiment.

    Args:
        name: cell, current, noise and seed in words.
        seed: from which all of it follows.
        steps: in order.
        samples: dtype SAMPLE of the potentiostat's role, in order.
        readings: dtype READING, of the box's gauge; empty where it was not watched.
        events: what a detector should have found.
    """

    name: str
    seed: int
    steps: tuple[RecordedStep, ...]
    samples: NDArray[np.void]
    readings: NDArray[np.void]
    events: tuple[LabelledEvent, ...]

    @property
    def duration_s(self) -> float:
        """From the first sample or reading to the last."""
        watched = self.samples if self.samples.size else self.readings
        return float(watched["time_s"][-1] - watched["time_s"][0])
