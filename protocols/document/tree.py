"""Cycling with its loops still rolled up: what YAML and unicycler documents have in common."""

from dataclasses import dataclass

from operando.drivers.roles import Recording, Technique
from operando.protocols.program import CellDuringCapture

__all__ = ["AskNode", "CaptureNode", "CyclingNode", "RepeatNode", "StepNode"]


@dataclass(frozen=True, slots=True)
class StepNode:
    """One step, see `RunStep`."""

    name: str
    technique: Technique
    maximum_duration_s: float
    duration_s: float | None
    relaxation_V_per_s: float | None
    recording: Recording | None
    line: int


@dataclass(frozen=True, slots=True)
class CaptureNode:
    """A rendezvous, see `CaptureNow`."""

    capture: str
    cell: CellDuringCapture
    at_most_s: float
    line: int


@dataclass(frozen=True, slots=True)
class AskNode:
    """A question, see `AskOperator`."""

    question: str
    answers: tuple[str, ...]
    at_most_s: float
    otherwise: str | None
    line: int


@dataclass(frozen=True, slots=True)
class RepeatNode:
    """A loop: the steps, `count` times in all."""

    count: int
    steps: "tuple[CyclingNode, ...]"


CyclingNode = StepNode | CaptureNode | AskNode | RepeatNode
