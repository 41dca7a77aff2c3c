"""Unrolls loops into the list of actions, and counts steps and cycles.

Steps count from 1 over the whole program. A cycle is a pass of a loop that both charges and discharges (of the
innermost such loop, so that the pulses of a GITT are no cycles). The first such pass is cycle 1, together with all that
stands before it; each later pass begins the next cycle, and what stands after a loop belongs to its last cycle.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from operando.drivers.roles import Galvanostatic, Potentiostatic
from operando.protocols.document.tree import CaptureNode, CyclingNode, NumberedNode, RepeatNode, SingleNode, StepNode
from operando.protocols.program import CaptureNow, CyclingAction, RunStep

__all__ = ["MOST_ACTIONS", "action_count", "unroll"]

MOST_ACTIONS = 1_000_000


def action_count(nodes: Sequence[CyclingNode]) -> int:
    """How many actions the unrolled list has."""
    return sum(node.count * action_count(node.steps) if isinstance(node, RepeatNode) else 1 for node in nodes)


def unroll(nodes: Sequence[CyclingNode]) -> tuple[CyclingAction, ...]:
    """All actions in order."""
    passes = _Passes()
    return tuple(_action(node, number, cycle) for number, (node, cycle) in enumerate(passes.walk(nodes), start=1))


class _Passes:
    """Counts the cycles while it walks through the loops."""

    def __init__(self) -> None:
        self._seen = 0

    def walk(self, nodes: Sequence[CyclingNode]) -> Iterator[tuple[SingleNode, int]]:
        for node in nodes:
            if not isinstance(node, RepeatNode):
                yield node, max(1, self._seen)
                continue
            is_cycle = _charges_and_discharges(node) and not any(map(_charges_and_discharges, _loops(node.steps)))
            for _ in range(node.count):
                self._seen += is_cycle
                yield from self.walk(node.steps)


def _loops(nodes: Sequence[CyclingNode]) -> Iterator[RepeatNode]:
    for node in nodes:
        if isinstance(node, RepeatNode):
            yield node
            yield from _loops(node.steps)


def _charges_and_discharges(loop: RepeatNode) -> bool:
    """A hold counts as charging: it ends a charge, or stands for one."""
    techniques = [node.technique for node in _steps(loop.steps)]
    currents = [technique.current_A for technique in techniques if isinstance(technique, Galvanostatic)]
    holds = any(isinstance(technique, Potentiostatic) for technique in techniques)
    return (holds or any(current > 0 for current in currents)) and any(current < 0 for current in currents)


def _steps(nodes: Sequence[CyclingNode]) -> Iterator[StepNode]:
    for node in nodes:
        if isinstance(node, RepeatNode):
            yield from _steps(node.steps)
        elif isinstance(node, StepNode):
            yield node


def _action(node: SingleNode, number: int, cycle: int) -> CyclingAction:
    match node:
        case StepNode():
            return RunStep(
                number=number,
                name=node.name,
                cycle=cycle,
                technique=node.technique,
                maximum_duration_s=node.maximum_duration_s,
                duration_s=node.duration_s,
                relaxation_V_per_s=node.relaxation_V_per_s,
                line=node.line,
                recording=node.recording,
            )
        case CaptureNode():
            return CaptureNow(number, cycle, node.capture, node.cell, node.at_most_s, node.line)
        case NumberedNode(action=action):
            return replace(action, number=number, cycle=cycle)
