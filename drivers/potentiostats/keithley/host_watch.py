"""What the host judges at each reading, because the instrument cannot."""

import math

from operando.drivers.potentiostats.keithley.reading import Reading
from operando.drivers.potentiostats.keithley.step_plan import CURRENT, StepPlan
from operando.drivers.roles import Step, StepEndReason

__all__ = ["NO_OUTPUT", "told_by", "why_host_ends"]

AT_LEVEL_V = 1e-3
"""A guard that is itself sourced is reached, with the accuracy of the instrument, and not passed."""
REACHED_V = 0.02
NO_OUTPUT = "no current flows, and the voltage is not reached: the output was switched off, or a wire is loose"


def why_host_ends(step: Step, plan: StepPlan, reading: Reading, charge_C: float) -> StepEndReason | None:
    """Why the host has to end a step that an instrument carries out which judges the plan's conditions and its time.

    Args:
        step: with its guard.
        plan: of it.
        reading: the newest.
        charge_C: passed in the step.
    """
    if told_by(plan, reading) is StepEndReason.FAULT:
        return StepEndReason.FAULT
    low_V, high_V = step.guard.voltage_V
    voltage_V = reading.voltage_V
    passed = not low_V <= voltage_V <= high_V
    if passed and not (plan.sources != CURRENT and math.isclose(voltage_V, plan.level, abs_tol=AT_LEVEL_V)):
        return StepEndReason.VOLTAGE_LIMIT
    if plan.host_charge_C is not None and abs(charge_C) >= plan.host_charge_C:
        return StepEndReason.CHARGE
    return None


def told_by(plan: StepPlan, reading: Reading) -> StepEndReason | None:
    """Which condition of the plan a reading meets.

    A current that has left its limit although the voltage is not reached is no end but a fault: there is no output.
    """
    if plan.sources == CURRENT:
        return next((condition.reason for condition in plan.conditions if condition.holds(reading.voltage_V)), None)
    reason = next((condition.reason for condition in plan.conditions if condition.holds(reading.current_A)), None)
    if reason is None or reason is StepEndReason.CURRENT_LIMIT or _reached(plan, reading):
        return reason
    return StepEndReason.FAULT


def _reached(plan: StepPlan, reading: Reading) -> bool:
    """Whether the cell is at the sourced voltage, or beyond it where a charge or a discharge was to end there."""
    above_V = reading.voltage_V - plan.level
    condition = plan.conditions[0]
    if math.isinf(condition.high):
        return above_V >= -REACHED_V
    if math.isinf(condition.low):
        return above_V <= REACHED_V
    return abs(above_V) <= REACHED_V
