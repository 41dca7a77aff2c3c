"""How long a step still has to run, what the end of that time means, and how long a script may be silent."""

from operando.drivers.roles import Impedance, Step, StepEndReason

__all__ = ["longest_silence", "remaining_time"]

PATIENCE_S = 10.0
PERIODS_PER_FREQUENCY = 20


def remaining_time(step: Step) -> tuple[float, StepEndReason]:
    """Seconds that remain of a step, and why it ends then: its ordinary duration, or the guard's."""
    longest_s = step.guard.maximum_duration_s
    if step.duration_s is not None and step.duration_s <= longest_s:
        return step.duration_s - step.elapsed_before_s, StepEndReason.TIME
    return longest_s - step.elapsed_before_s, StepEndReason.MAXIMUM_DURATION


def longest_silence(step: Step) -> float:
    """Seconds after which a step that says nothing is asked about: three intervals, or its slowest frequency."""
    if isinstance(step.technique, Impedance):
        return PATIENCE_S + PERIODS_PER_FREQUENCY / step.technique.to_frequency_Hz
    return PATIENCE_S + 3 * step.recording.every_s
