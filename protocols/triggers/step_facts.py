"""What a trigger knows about the step that runs."""

from typing import Protocol

from operando.drivers.roles import Step

__all__ = ["StepFacts"]


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
