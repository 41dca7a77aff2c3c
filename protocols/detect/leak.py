"""Leak of a sealed box: the amount of gas, as pressure over temperature, goes steadily away or up.

Works on the relative rate of p/T, so that it needs to know neither the volume nor what a degree does to the pressure.
"""

from collections import deque
from collections.abc import Sequence
from math import log

import numpy as np
from numpy.typing import NDArray

from operando.protocols.triggers.detector import Detection
from operando.protocols.triggers.step_facts import StepFacts

__all__ = ["Leak"]

_WINDOWS_S = (120.0, 600.0, 1800.0)
"""Times that a slope goes through: short for a large leak, long for a small one or where readings are rare."""
_FEWEST, _FEWEST_FOR_NOISE = 6, 12
_LEAST_PER_S = 2.0e-7
"""Relative rate that is called a leak: of 1.1 bar in 0.2 l, 4e-6 Pa m3/s."""
_SURE = 7.0
"""How many of its own standard deviations a slope must have."""
_NOISE = 1.0e-5
"""Relative noise of a good gauge, at least."""
_MEDIAN_OF_NORMAL = 0.6745
"""Median magnitude of normal noise over its standard deviation."""
_SEALED_Pa = 5.0e3
"""Below, a gauge stands in a vacuum that is pumped, not in a box."""
_LONGEST_GAP_S = 600.0
_ENDED = 0.5


Values = NDArray[np.float64]


class _Gas:
    """What one gauge told of its gas."""

    def __init__(self) -> None:
        self.temperature_K: float | None = None
        self.readings: deque[tuple[float, float]] = deque()
        self.leaking = False


class Leak:
    """Finds leaks in the readings of pressure and temperature of each gauge that has both. Scores are above a half."""

    def __init__(self) -> None:
        self._gases: dict[str, _Gas] = {}

    def step_started(self, step: StepFacts) -> None:
        """The box does not care for steps."""
        del step

    def samples(self, block: NDArray[np.void]) -> Sequence[Detection]:
        """The cell tells nothing about the box."""
        del block
        return ()

    def reading(self, quantity: str, name: str, time_s: float, value: float) -> Sequence[Detection]:
        """What a new reading shows; a temperature belongs to the next pressures of its gauge."""
        gas = self._gases.setdefault(name, _Gas())
        if quantity == "temperature" and np.isfinite(value) and value > 0.0:
            gas.temperature_K = value
        if quantity != "pressure" or gas.temperature_K is None or not np.isfinite(value) or value < _SEALED_Pa:
            return []
        if gas.readings and time_s - gas.readings[-1][0] > _LONGEST_GAP_S:
            gas.readings.clear()
        gas.readings.append((time_s, log(value / gas.temperature_K)))
        while time_s - gas.readings[0][0] > max(_WINDOWS_S):
            gas.readings.popleft()
        if len(gas.readings) < _FEWEST_FOR_NOISE:
            return []
        strength, rate = _strength(np.array(gas.readings))
        if gas.leaking:
            gas.leaking = strength >= _ENDED
            return []
        if strength < 1.0:
            return []
        gas.leaking = True
        detail = f"{name}: the gas in the box changes by {rate * 3600.0:+.2%} an hour"
        return [Detection(time_s, 1.0 - 0.5 / strength, detail)]


def _strength(readings: Values) -> tuple[float, float]:
    """By how many times a slope exceeds what is needed, and that slope (1/s), of the window that shows it best."""
    times_s, amounts = readings.T
    noise = max(_noise(times_s, amounts), _NOISE)
    best = 0.0, 0.0
    for window_s in _WINDOWS_S:
        inside = times_s >= times_s[-1] - window_s
        if inside.sum() < _FEWEST:
            continue
        since_s = times_s[inside] - times_s[inside].mean()
        spread = float(since_s @ since_s)
        slope = float(since_s @ amounts[inside]) / spread
        best = max(best, (abs(slope) / max(_LEAST_PER_S, _SURE * noise / spread**0.5), slope))
    return best


def _noise(times_s: Values, amounts: Values) -> float:
    """Standard deviation of one reading, from how far each lies off the line between its neighbours."""
    share = (times_s[1:-1] - times_s[:-2]) / (times_s[2:] - times_s[:-2])
    off = amounts[1:-1] - (1.0 - share) * amounts[:-2] - share * amounts[2:]
    return float(np.median(np.abs(off) / np.sqrt(1.0 + share**2 + (1.0 - share) ** 2))) / _MEDIAN_OF_NORMAL
