"""A step as a program of the trigger model, which ends it on the instrument (2461 reference manual, 6-182 to 6-241).

    1 output on      2 delay      3 start the timer
    4 measure        5.. end if a condition holds
    n wait for the timer          n+1 back to 4, so many times
      delay for what remains      measure once more      output off

All conditions lead to the last block, after which the program ends with the output off.
"""

import math
from dataclasses import dataclass

from operando.drivers.potentiostats.keithley.step_plan import Condition, StepPlan

__all__ = ["SETTLING_S", "TriggerProgram"]

SETTLING_S = 0.05
"""From the output going on to the first reading: relay, slew and range have settled."""
LARGEST = 1e30
SHORTEST_REST_S = 1e-3
FIRST_CONDITION = 5


@dataclass(frozen=True, slots=True)
class TriggerProgram:
    """The blocks of one step.

    Args:
        plan: of the step.
        buffer: name of the buffer that takes its readings.
    """

    plan: StepPlan
    buffer: str

    @property
    def rounds(self) -> int:
        """How often the instrument measures and waits, before the last reading."""
        return max(1, math.floor(self._timed_s / self.plan.period_s + 1e-9))

    @property
    def readings(self) -> int:
        """How many readings there are if the step goes on to its longest time."""
        return self.rounds + 1

    def commands(self) -> list[str]:
        """What is to be sent. The instrument must be idle."""
        plan, rounds = self.plan, self.rounds
        wait = FIRST_CONDITION + len(plan.conditions)
        rest_s = self._timed_s - rounds * plan.period_s
        tail = [f"DEL:CONS {{}}, {rest_s:.6f}"] if rest_s > SHORTEST_REST_S else []
        tail += [f'MEAS {{}}, "{self.buffer}"', "SOUR:STAT {}, OFF"]
        end = wait + 1 + len(tail)
        blocks = [
            "SOUR:STAT {}, ON",
            f"DEL:CONS {{}}, {SETTLING_S:g}",
            "NOT {}, 1",
            f'MEAS {{}}, "{self.buffer}"',
            *(f"BRAN:LIM:CONS {{}}, {_limits(condition)}, {end}" for condition in plan.conditions),
            "WAIT {}, TIM1",
            f"BRAN:COUN {{}}, {rounds}, 4",
            *tail,
        ]
        return [
            f":TRIG:TIM1:DEL {plan.period_s:.6f}",
            ":TRIG:TIM1:STAR:STIM NOT1",
            ":TRIG:TIM1:STAR:GEN OFF",
            ":TRIG:TIM1:COUN 0",
            ":TRIG:TIM1:STAT ON",
            *(f":TRIG:BLOC:{block.format(number)}" for number, block in enumerate(blocks, 1)),
        ]

    @property
    def _timed_s(self) -> float:
        """From the first reading to the last."""
        return max(self.plan.longest_s - SETTLING_S, SHORTEST_REST_S)


def _limits(condition: Condition) -> str:
    """Type and limits of a condition; ABOVe uses only the second, BELow only the first."""
    if condition.inside:
        return f"IN, {condition.low:.9g}, {condition.high:.9g}"
    if math.isinf(condition.high):
        return f"BEL, {condition.low:.9g}, {LARGEST:g}"
    if math.isinf(condition.low):
        return f"ABOV, {-LARGEST:g}, {condition.high:.9g}"
    return f"OUT, {condition.low:.9g}, {condition.high:.9g}"
