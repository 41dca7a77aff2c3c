"""Cycling with its loops still rolled up: what YAML and unicycler documents have in common."""

from dataclasses import dataclass

from operando.drivers.roles import Recording, Technique
from operando.protocols.program import AskOperator, CellDuringCapture, EnterPhase, LeakTest

__all__ = ["CaptureNode", "CyclingNode", "NumberedNode", "RepeatNode", "SingleNode", "StepNode"]


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
class NumberedNode:
    """An action of the program that lacks only its number and its cycle."""

    action: AskOperator | EnterPhase | LeakTest


SingleNode = StepNode | CaptureNode | NumberedNode


@dataclass(frozen=True, slots=True)
class RepeatNode:
    """A loop: the steps, `count` times in all."""

    count: int
    steps: "tuple[CyclingNode, ...]"


CyclingNode = SingleNode | RepeatNode
