"""The step that the cell is in, as triggers and pictures need to know it."""

from dataclasses import dataclass

from operando.drivers.roles import Step

__all__ = ["StepInProgress"]


@dataclass(frozen=True, slots=True)
class StepInProgress:
    """A running step: its number in the samples, its name in the protocol, cycle, start, and what it is."""

    number: int
    name: str
    cycle: int
    started_s: float
    step: Step
    relaxation_V_per_s: float | None = None
    line: int = 0
