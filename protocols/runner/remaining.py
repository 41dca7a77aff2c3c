"""What remains of a step that was held: a battery has no rewind, so it is a new step, and nothing is done twice."""

import math
from dataclasses import dataclass, replace

from operando.drivers.roles import Galvanostatic, Impedance, Potentiostatic, Recording
from operando.protocols.runner.step_wish import StepWish

__all__ = ["Passed", "remaining"]

SHORTEST_S = 0.1
"""Less than this is not worth a step of its own."""


@dataclass(frozen=True, slots=True)
class Passed:
    """What has passed of a step, by the word of the instrument; NaN where nothing tells."""

    charge_C: float
    elapsed_s: float


def remaining(wish: StepWish, passed: Passed, recording: Recording) -> StepWish | None:
    """The new step with the charge and the time that remain; None if nothing does.

    An impedance spectrum that was cut off is measured anew from its first frequency: half a sweep of before and half a
    sweep of after the hold would belong to two states of the cell.

    Args:
        wish: the whole step.
        passed: of it, in all of its parts.
        recording: of the program, for steps that have none of their own.
    """
    if isinstance(wish.technique, Impedance):
        return replace(wish, charge_before_C=0.0, elapsed_before_s=0.0)
    if not math.isfinite(passed.charge_C) or not math.isfinite(passed.elapsed_s):
        return None
    whole_s = wish.maximum_duration_s if wish.duration_s is None else min(wish.duration_s, wish.maximum_duration_s)
    left_s = whole_s - passed.elapsed_s
    if left_s < SHORTEST_S or _charge_is_reached(wish, passed.charge_C):
        return None
    own = wish.recording or recording
    return replace(
        wish,
        charge_before_C=passed.charge_C,
        elapsed_before_s=passed.elapsed_s,
        recording=replace(own, every_s=min(own.every_s, left_s)),
    )


def _charge_is_reached(wish: StepWish, charge_C: float) -> bool:
    technique = wish.technique
    if not isinstance(technique, Galvanostatic | Potentiostatic) or technique.until_charge_C is None:
        return False
    return abs(charge_C) >= technique.until_charge_C
