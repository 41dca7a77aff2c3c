"""Rolls the flat list of a unicycler method, with its tags and `loop` steps, up into nested loops."""

from collections.abc import Sequence
from dataclasses import dataclass

from operando.protocols.document.tree import CyclingNode, RepeatNode
from operando.protocols.document.unicycler.model import Loop, TagStep

__all__ = ["LoopProblem", "roll_up"]


class LoopProblem(ValueError):
    """A loop that cannot be followed, with the index of its step in the method."""

    def __init__(self, index: int, what: str) -> None:
        self.index = index
        super().__init__(what)


@dataclass(frozen=True, slots=True)
class _Rolled:
    """A node and the indices of the first and last step that it stands for."""

    first: int
    last: int
    node: CyclingNode


def roll_up(method: Sequence[CyclingNode | Loop | TagStep]) -> tuple[CyclingNode, ...]:
    """Nested loops instead of jumps.

    Args:
        method: one entry for each step of the file, in its order.

    Raises:
        LoopProblem: if a loop goes nowhere, forwards, or into the middle of another loop.
    """
    tags = _tags(method)
    rolled: list[_Rolled] = []
    for index, entry in enumerate(method):
        if isinstance(entry, Loop):
            target = _target(entry, index, tags)
            body = [part for part in rolled if part.first >= target]
            rolled = rolled[: len(rolled) - len(body)]
            if rolled and rolled[-1].last >= target:
                raise LoopProblem(index, "goes back into the middle of another loop")
            if not body:
                raise LoopProblem(index, "there is nothing to repeat between this loop and what it goes back to")
            rolled.append(_Rolled(target, index, RepeatNode(entry.cycle_count, tuple(part.node for part in body))))
        elif not isinstance(entry, TagStep):
            rolled.append(_Rolled(index, index, entry))
    return tuple(part.node for part in rolled)


def _tags(method: Sequence[CyclingNode | Loop | TagStep]) -> dict[str, int]:
    tags: dict[str, int] = {}
    for index, entry in enumerate(method):
        if isinstance(entry, TagStep):
            if entry.tag in tags:
                raise LoopProblem(index, f"the tag {entry.tag!r} is given twice")
            tags[entry.tag] = index
    return tags


def _target(loop: Loop, index: int, tags: dict[str, int]) -> int:
    """The index that a loop goes back to."""
    if isinstance(loop.loop_to, str) and loop.loop_to not in tags:
        raise LoopProblem(index, f"goes back to the tag {loop.loop_to!r}, which does not exist")
    target = tags[loop.loop_to] if isinstance(loop.loop_to, str) else loop.loop_to - 1
    if target >= index:
        raise LoopProblem(index, f"goes forwards, to {loop.loop_to!r}; a loop goes back")
    return target
