"""The samples of one step that a detector looks at: about one a second, and never those of a spectrum."""

import numpy as np
from numpy.typing import NDArray

from operando.drivers.roles import Galvanostatic, Impedance, Potentiostatic, Technique

__all__ = ["CLOSEST_S", "StepSamples", "hidden", "is_driven", "is_held"]

CLOSEST_S = 0.9
"""Samples that follow closer are passed over, so that windows of samples are windows of time."""

Values = NDArray[np.float64]


def hidden(technique: Technique) -> bool:
    """Whether the samples of a step tell nothing: a spectrum shakes the cell on purpose."""
    return isinstance(technique, Impedance)


def is_held(technique: Technique) -> bool:
    """Whether the voltage is held, so that what happens shows in the current."""
    return isinstance(technique, Potentiostatic)


def is_driven(technique: Technique) -> bool:
    """Whether a current is impressed."""
    return isinstance(technique, Galvanostatic)


class StepSamples:
    """Keeps the last samples of a step, so that blocks of any size can be looked at like one.

    Args:
        remembered: how many samples before a new one are kept.
        settles_s: how long after the start of a step nothing is looked at.
    """

    def __init__(self, remembered: int, settles_s: float) -> None:
        self._remembered = remembered
        self._settles_s = settles_s
        self.begin(-np.inf)

    def begin(self, started_s: float) -> None:
        """A step has begun."""
        self._from_s = started_s + self._settles_s
        self.time_s: Values = np.empty(0)
        self.voltage_V: Values = np.empty(0)
        self.current_A: Values = np.empty(0)
        self.count = 0
        """Samples of this step that were looked at so far."""

    def add(self, block: NDArray[np.void]) -> int:
        """Take new samples; how many of them are to be looked at: the last ones of the three arrays."""
        block = block[(block["time_s"] >= self._from_s) & np.isfinite(block["voltage_V"])]
        last_s = self.time_s[-1] if self.time_s.size else -np.inf
        block = block[_apart(block["time_s"], float(last_s))]
        self.time_s = np.concatenate((self.time_s[-self._remembered :], block["time_s"]))
        self.voltage_V = np.concatenate((self.voltage_V[-self._remembered :], block["voltage_V"]))
        self.current_A = np.concatenate((self.current_A[-self._remembered :], block["current_A"]))
        self.count += block.size
        return int(block.size)


def _apart(time_s: Values, last_s: float) -> NDArray[np.bool_]:
    """Which samples follow the last kept one at a distance."""
    if time_s.size == 0 or (time_s[0] - last_s >= CLOSEST_S and (np.diff(time_s) >= CLOSEST_S).all()):
        return np.ones(time_s.size, np.bool_)
    kept = np.zeros(time_s.size, np.bool_)
    for index, now in enumerate(time_s):
        if now - last_s >= CLOSEST_S:
            kept[index], last_s = True, float(now)
    return kept
