"""Watches the samples for shorts with the shipped detectors, whether the protocol asks for them or not."""

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from operando.protocols.detect import SHIPPED
from operando.protocols.live.steps import StartedStep
from operando.protocols.triggers.detector import Detection
from operando.protocols.triggers.step_facts import PRE_FLIGHT

__all__ = ["Shorts"]

_LOOKED_FOR = ("soft short", "hard short")


class Shorts:
    """Feeds each sample of a growing record to the detectors once."""

    def __init__(self) -> None:
        self._detectors = {name: SHIPPED[name]() for name in _LOOKED_FOR}
        self._fed = 0
        self._step = 0

    def look(self, samples: NDArray[np.void], steps: Iterable[StartedStep]) -> Iterator[tuple[str, Detection]]:
        """What the samples show that came since the last look, by the name of the detector.

        Args:
            samples: all of the record, dtype SAMPLE, shape (n,).
            steps: all that were started; samples wait until their step, or a later one, is among them.
        """
        known = {step.number: step for step in steps}
        for part in _by_step(samples[self._fed :]):
            number = int(part["step"][0])
            if number > max(known, default=0):
                return
            self._fed += part.size
            if number not in known or known[number].name.startswith(PRE_FLIGHT):
                continue
            for name, detector in self._detectors.items():
                if number != self._step:
                    detector.step_started(known[number])
                for detection in detector.samples(part):
                    yield name, detection
            self._step = number


def _by_step(samples: NDArray[np.void]) -> Iterator[NDArray[np.void]]:
    """Runs of samples of one step."""
    if samples.size:
        yield from np.split(samples, np.flatnonzero(np.diff(samples["step"])) + 1)
