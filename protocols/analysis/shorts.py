"""When a cell began to short: the shipped detectors, fed with the samples of a run that is over."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from operando.protocols.detect import HardShort, SoftShort
from operando.protocols.triggers.step_facts import StepFacts

__all__ = ["Shorts", "find_shorts"]


@dataclass(frozen=True, slots=True)
class Shorts:
    """Run times of the first detections; None where there was none.

    Args:
        soft_s, hard_s: of a soft and of a hard short.
        watched_s: how long the cell was watched.
        detail: what was seen first, in words.
    """

    soft_s: float | None
    hard_s: float | None
    watched_s: float
    detail: str


def find_shorts(samples: NDArray[np.void], steps: Sequence[StepFacts]) -> Shorts:
    """Feed the detectors of soft and hard shorts.

    Args:
        samples: dtype SAMPLE.
        steps: every step of the run with its technique and its beginning.
    """
    soft, hard = SoftShort(), HardShort()
    first: dict[str, tuple[float, str]] = {}
    for step in steps:
        own = samples[samples["step"] == step.number]
        for name, detector in (("soft", soft), ("hard", hard)):
            detector.step_started(step)
            for seen in detector.samples(own):
                first.setdefault(name, (seen.time_s, seen.detail))
    watched_s = float(samples["time_s"][-1] - samples["time_s"][0]) if samples.size else 0.0
    times = {name: time_s for name, (time_s, _) in first.items()}
    detail = min(first.values())[1] if first else ""
    return Shorts(times.get("soft"), times.get("hard"), watched_s, detail)
