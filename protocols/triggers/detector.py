"""The seam for detectors: components that watch the cell and say, with a score, when they have seen what they look for.

A detector is told of each step and sees every sample once and in order, in blocks of any size; what it detects must
not depend on how the samples are cut into blocks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from operando.protocols.triggers.step_facts import StepFacts

__all__ = ["Detection", "Detector"]


@dataclass(frozen=True, slots=True)
class Detection:
    """Something was seen.

    Args:
        time_s: run time of the sample or reading that made it so.
        score: how sure it is, between 0 and 1.
        detail: in words, with the numbers.
    """

    time_s: float
    score: float
    detail: str = ""


class Detector(Protocol):
    """Looks for one kind of event."""

    def step_started(self, step: StepFacts) -> None:
        """A step has begun; what was seen in the one before does not count any more unless the detector says so."""
        ...

    def samples(self, block: NDArray[np.void]) -> Sequence[Detection]:
        """New samples of the running step, dtype SAMPLE, shape (n,), in order; what they show, in order of time."""
        ...

    def reading(self, quantity: str, name: str, time_s: float, value: float) -> Sequence[Detection]:
        """A reading of a gauge, thermometer or force sensor, in SI units; NaN if it is not good."""
        ...
