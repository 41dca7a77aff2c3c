"""Steps in progress for tests."""

from operando.drivers.roles import Galvanostatic, Guard, Step, Technique
from operando.protocols.runner import StepInProgress

__all__ = ["step_in_progress"]


def step_in_progress(
    technique: Technique | None = None,
    *,
    number: int = 1,
    name: str = "charge",
    cycle: int = 1,
    started_s: float = 0.0,
    duration_s: float | None = None,
    maximum_duration_s: float = 1e6,
) -> StepInProgress:
    """A step that runs."""
    guard = Guard((2.4, 4.35), (-1e-3, 1e-3), maximum_duration_s)
    step = Step(number, technique or Galvanostatic(1e-4, until_voltage_V=4.2), guard, duration_s)
    return StepInProgress(number, name, cycle, started_s, step)
