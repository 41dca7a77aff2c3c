"""What a trigger knows about the step that runs."""

from typing import Protocol

from operando.drivers.roles import Step

__all__ = ["PRE_FLIGHT", "StepFacts"]

PRE_FLIGHT = "pre-flight: "
"""How the names of the steps begin that look at the cell before the run: no step of the protocol, and no trigger's."""


class StepFacts(Protocol):
    """A step: its number in the samples, its name in the protocol, its start, and what the instrument was told."""

    @property
    def number(self) -> int: ...

    @property
    def name(self) -> str: ...

    @property
    def started_s(self) -> float: ...

    @property
    def step(self) -> Step: ...
