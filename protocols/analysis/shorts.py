"""When a cell began to short: the shipped detectors, fed with the samples of a run that is over."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from operando.drivers.roles import Galvanostatic, Guard, Step
from operando.protocols.detect import HardShort, SoftShort

__all__ = ["Shorts", "find_shorts"]


_LEAST_CHARGE_A = 1e-6
_BENDS_FOR_S = 900.0
"""After the beginning of a charge the voltage bends so much that samples many seconds apart show it as unrest."""


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


@dataclass(frozen=True, slots=True)
class _SeenStep:
    """A step as its samples tell it."""

    number: int
    name: str
    started_s: float
    step: Step


def find_shorts(samples: NDArray[np.void]) -> Shorts:
    """Feed the detectors of soft and hard shorts with the charges among samples of dtype SAMPLE.

    Filaments grow while lithium is plated. Other steps are passed over: a discharge bends at its end and a rest at its
    beginning, and samples many seconds apart show that as unrest.
    """
    soft, hard = SoftShort(), HardShort()
    first: dict[str, tuple[float, str]] = {}
    for step in _steps(samples):
        own = samples[(samples["step"] == step.number) & (samples["elapsed_s"] > _BENDS_FOR_S)]
        for name, detector in (("soft", soft), ("hard", hard)):
            detector.step_started(step)
            for seen in detector.samples(own):
                first.setdefault(name, (seen.time_s, seen.detail))
    watched_s = float(samples["time_s"][-1] - samples["time_s"][0]) if samples.size else 0.0
    times = {name: time_s for name, (time_s, _) in first.items()}
    detail = min(first.values())[1] if first else ""
    return Shorts(times.get("soft"), times.get("hard"), watched_s, detail)


def _steps(samples: NDArray[np.void]) -> Sequence[_SeenStep]:
    nothing = Guard((-np.inf, np.inf), (-np.inf, np.inf), np.inf)
    found = []
    numbers, firsts = np.unique(samples["step"], return_index=True)
    for number in numbers[np.argsort(firsts)].tolist():
        own = samples[samples["step"] == number]
        current_A = float(np.median(own["current_A"]))
        if current_A < _LEAST_CHARGE_A:
            continue
        begun_s = float(own["time_s"][0] - own["elapsed_s"][0])
        found.append(_SeenStep(number, "", begun_s, Step(number, Galvanostatic(current_A), nothing)))
    return found
