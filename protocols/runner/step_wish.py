"""A step that the runner wants, before it has a number: from the protocol, or a rest of its own."""

from dataclasses import dataclass

from operando.drivers.roles import Recording, Technique
from operando.protocols.program import RunStep

__all__ = ["StepWish"]


@dataclass(frozen=True, slots=True)
class StepWish:
    """What is wanted.

    Args:
        name: as in the protocol, or the runner's own words.
        maximum_duration_s, duration_s: of the whole step, what is behind it included.
        action: the number of the protocol's action that it carries out; 0 for a step of the runner's own.
        charge_before_C: charge that it has behind it, because it was held.
        elapsed_before_s: time that it has behind it.
    """

    name: str
    cycle: int
    technique: Technique
    maximum_duration_s: float
    duration_s: float | None = None
    relaxation_V_per_s: float | None = None
    recording: Recording | None = None
    line: int = 0
    action: int = 0
    charge_before_C: float = 0.0
    elapsed_before_s: float = 0.0

    @classmethod
    def of(cls, action: RunStep) -> "StepWish":
        """The step of a protocol."""
        return cls(
            action.name,
            action.cycle,
            action.technique,
            action.maximum_duration_s,
            action.duration_s,
            action.relaxation_V_per_s,
            action.recording,
            action.line,
            action.number,
        )
