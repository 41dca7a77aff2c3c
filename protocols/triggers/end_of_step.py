"""When will the running step end? Predicted from its end conditions and its samples, as a scientist would by eye."""

import math

import numpy as np
from numpy.typing import NDArray

from operando.drivers.roles import Galvanostatic, Potentiostatic
from operando.protocols.triggers.step_facts import StepFacts

__all__ = ["LOOK_BACK_S", "look_again_after_s", "remaining_s", "slope"]

LOOK_BACK_S = 300.0
"""Slopes are taken over this long; shorter is noise, longer misses the bend before the end of a charge."""

FEWEST_SAMPLES = 5
FAR_AHEAD = 10.0
LOOK_AGAIN_AFTER = 0.2
"""Share of the predicted rest of a step after which it is worth predicting again."""


def look_again_after_s(remaining_s: float) -> float:
    """How long a prediction is good for: the nearer the end, the shorter."""
    return LOOK_AGAIN_AFTER * min(remaining_s, LOOK_BACK_S)


def remaining_s(running: StepFacts, samples: NDArray[np.void]) -> float:
    """Seconds until the step ends by itself, infinity if nothing tells.

    Args:
        running: the step.
        samples: its own samples of the last `LOOK_BACK_S`.
    """
    if samples.size == 0:
        return math.inf
    last = samples[-1]
    step = running.step
    ends = [math.inf]
    if step.duration_s is not None:
        ends.append(step.duration_s - float(last["elapsed_s"]))
    ends.append(step.guard.maximum_duration_s - float(last["elapsed_s"]))
    technique = step.technique
    if isinstance(technique, Galvanostatic | Potentiostatic) and technique.until_charge_C is not None:
        ends.append(_until_charge(technique.until_charge_C, float(last["charge_C"]), float(last["current_A"])))
    if isinstance(technique, Galvanostatic) and technique.until_voltage_V is not None:
        ends.append(_until_voltage(technique.until_voltage_V, samples))
    if isinstance(technique, Potentiostatic) and technique.until_current_A is not None:
        ends.append(_until_current(technique.until_current_A, samples))
    return max(0.0, min(ends))


def slope(times: NDArray[np.float64], values: NDArray[np.float64]) -> float:
    """Least-squares slope; NaN if there are too few samples."""
    if times.size < FEWEST_SAMPLES:
        return math.nan
    centred = times - times.mean()
    spread = float(centred @ centred)
    return float(centred @ (values - values.mean())) / spread if spread > 0 else math.nan


def _until_charge(target_C: float, passed_C: float, current_A: float) -> float:
    return (target_C - abs(passed_C)) / abs(current_A) if current_A else math.inf


def _until_voltage(target_V: float, samples: NDArray[np.void]) -> float:
    """The sooner of a straight line and a parabola, because a charge bends upwards before its end.

    The line is through the later half of the samples: it alone is right where the voltage is straight but noisy.
    """
    times, voltage = samples["time_s"], samples["voltage_V"]
    half = samples.size // 2
    rate = slope(times[half:], voltage[half:])
    distance = target_V - float(voltage[half:].mean())
    if not math.isfinite(rate) or rate == 0 or distance / rate < 0:
        return math.inf
    by_line = distance / rate - float(times[-1] - times[half:].mean())
    if by_line > FAR_AHEAD * float(times[-1] - times[0]):
        return by_line  # no bend within reach can bring the end near
    return max(0.0, min(by_line, _by_parabola(target_V, times - times[-1], voltage)))


def _by_parabola(target_V: float, before_s: NDArray[np.float64], voltage: NDArray[np.float64]) -> float:
    span = -float(before_s[0])
    if before_s.size < FEWEST_SAMPLES or span <= 0:
        return math.inf
    powers = np.vander(before_s / span, 3)
    curvature, rate, present = np.linalg.lstsq(powers, voltage - target_V, rcond=None)[0]
    roots = np.roots((curvature, rate, present))
    ahead = [float(root.real) for root in roots if abs(root.imag) < 1e-9 and root.real >= 0]
    return span * min(ahead) if ahead else math.inf


def _until_current(target_A: float, samples: NDArray[np.void]) -> float:
    """Exponential decay of the current at constant voltage."""
    magnitude = np.abs(samples["current_A"])
    if magnitude[-1] <= 0 or np.any(magnitude <= 0):
        return math.inf
    rate = slope(samples["time_s"], np.log(magnitude))
    if not math.isfinite(rate) or rate >= 0:
        return math.inf
    return max(0.0, math.log(float(magnitude[-1]) / target_A) / -rate)
