"""How a SourceMeter carries out a step: what it sources, what it measures, and which readings end the step.

Keithley cycles a battery with a voltage source and a current limit, in both directions (sheet 2.4): the charge or
cut-off voltage is sourced, the current limit is the rate. The instrument sits in its limit until the cell has reached
the voltage, and then the current falls, by which the end is known. The cell never passes the voltage, whatever
becomes of the host.
"""

import math
from dataclasses import dataclass

from operando.drivers.errors import LimitRefused
from operando.drivers.potentiostats.step_duration import remaining_time
from operando.drivers.roles import (
    Galvanostatic,
    OpenCircuit,
    PotentiostatCapabilities,
    Potentiostatic,
    Step,
    StepEndReason,
)

__all__ = ["CURRENT", "VOLTAGE", "Condition", "StepPlan", "plan_of"]

REACHED_SHARE = 0.99
"""Of the current limit: below it the voltage is reached. The accuracy of a limit is a tenth of that."""
LIMIT_MARGIN = 1.05
"""A current that a guard forbids must be possible to be seen; and it is bounded all the same."""
VOLTAGE_HEADROOM_V = 1.0
"""Between the guard and the voltage limit of a rest, which must exceed the voltage of the cell at any time."""
LONGEST_CHECK_S = 1.0
"""Between two readings, however seldom one is recorded."""
DENSER = 10
"""How much more often is read if a change of voltage is to be recorded."""


CURRENT, VOLTAGE = "CURR", "VOLT"


@dataclass(frozen=True, slots=True)
class Condition:
    """Ends a step if a reading of the measured quantity lies outside a window (or inside it)."""

    low: float
    high: float
    inside: bool
    reason: StepEndReason

    def holds(self, value: float) -> bool:
        """Whether a reading ends the step. What is no number does not; its quality tells of it."""
        return (self.low < value < self.high) if self.inside else (value < self.low or value > self.high)


@dataclass(frozen=True, slots=True)
class StepPlan:
    """A step in terms of source and meter.

    Args:
        sources: function of the source.
        level: voltage (V) or current (A) of the source.
        limit: current limit (A) of a voltage source, voltage limit (V) of a current source; a magnitude.
        widest_V: magnitude of voltage that source range and protection leave room for: the cell may have it.
        conditions: judged at each reading.
        period_s: between two readings.
        longest_s: after so long the step ends in any case.
        time_reason: what it then means.
        host_charge_C: magnitude of the charge at which the host ends the step, because the instrument cannot count it.
    """

    sources: str
    level: float
    limit: float
    widest_V: float
    conditions: tuple[Condition, ...]
    period_s: float
    longest_s: float
    time_reason: StepEndReason
    host_charge_C: float | None = None

    @property
    def measures(self) -> str:
        """The other quantity than the sourced one; the source is read back."""
        return VOLTAGE if self.sources == CURRENT else CURRENT


def plan_of(step: Step, capabilities: PotentiostatCapabilities) -> StepPlan:
    """Plan a step that `check_step` has let through.

    Raises:
        LimitRefused: for a technique that a SourceMeter does not have.
    """
    longest_s, reason = remaining_time(step)
    period_s = min(step.recording.every_s, LONGEST_CHECK_S, longest_s)
    if step.recording.or_voltage_change_V is not None:
        period_s = max(period_s / DENSER, capabilities.shortest_interval_s)
    low_V, high_V = step.guard.voltage_V
    widest_V = max(abs(low_V), abs(high_V))
    match step.technique:
        case Galvanostatic(current_A, until_voltage_V, until_charge_C):
            bound_V = high_V if current_A > 0 else low_V
            level_V = bound_V if until_voltage_V is None else until_voltage_V
            reached = StepEndReason.VOLTAGE_LIMIT if until_voltage_V is None else StepEndReason.VOLTAGE
            if until_charge_C is not None:
                left_s = (until_charge_C - abs(step.charge_before_C)) / abs(current_A)
                if left_s < longest_s:
                    longest_s, reason = left_s, StepEndReason.CHARGE
            conditions = (_left_limit(current_A, reached),)
            period_s = min(period_s, longest_s)
            return StepPlan(VOLTAGE, level_V, abs(current_A), widest_V, conditions, period_s, longest_s, reason)
        case Potentiostatic(voltage_V, until_current_A, until_charge_C):
            low_A, high_A = step.guard.current_A
            largest_A = max(abs(bound) for bound in capabilities.current_range_A)
            limit_A = min(LIMIT_MARGIN * max(abs(low_A), abs(high_A)), largest_A)
            guard = Condition(low_A, high_A, False, StepEndReason.CURRENT_LIMIT)
            low = [] if until_current_A is None else [_below(until_current_A)]
            return StepPlan(
                VOLTAGE,
                voltage_V,
                limit_A,
                widest_V,
                (guard, *low),
                period_s,
                longest_s,
                reason,
                until_charge_C,
            )
        case OpenCircuit():
            limit_V = widest_V + VOLTAGE_HEADROOM_V
            window = Condition(low_V, high_V, False, StepEndReason.VOLTAGE_LIMIT)
            return StepPlan(CURRENT, 0.0, limit_V, limit_V, (window,), period_s, longest_s, reason)
        case _:
            raise LimitRefused(
                f"step {step.number} is a spectrum, and a SourceMeter measures no impedance",
                remedy="Leave it out, or use a potentiostat that does; nothing was sent.",
            )


def _left_limit(current_A: float, reason: StepEndReason) -> Condition:
    """The current has left its limit: a charge is below it, a discharge above (nearer to zero, or reversed)."""
    edge_A = REACHED_SHARE * current_A
    if current_A > 0:
        return Condition(edge_A, math.inf, False, reason)
    return Condition(-math.inf, edge_A, False, reason)


def _below(current_A: float) -> Condition:
    return Condition(-current_A, current_A, True, StepEndReason.CURRENT)
