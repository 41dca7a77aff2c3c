"""An interlock as a value: phase, condition, action, latch, who clears."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from operando.protocols.interlocks.actions import PERMISSIONS, Action
from operando.protocols.interlocks.conditions import Always, Change, Condition, Difference, Leak, Source
from operando.protocols.interlocks.phases import Phase

__all__ = ["ClearedBy", "Rule", "sources_of"]

ClearedBy = Literal["operator", "itself"]


@dataclass(frozen=True, slots=True)
class Rule:
    """In these phases, when one of the conditions holds, these actions; until somebody or the rule itself clears it.

    Args:
        name: in the document, in the record, and for whoever clears it.
        phases: in which it is judged.
        when: any one of them trips it.
        actions: all of them.
        latch: a trip stays, though the condition is over, until the operator clears it with a reason.
        always: judged in every run, named by the document or not.
        with_phases: judged in every run whose document has phases, named or not.
        lost_link_trips: whether the loss of the connection to a gauge trips it like the loss of its reading. Where the
            gauge hangs on the instrument that the rule acts on, loss of the connection forbids until it is back.
        why: the reason of the rule, for people.
        line: of the document, 0 if it is shipped.
    """

    name: str
    phases: frozenset[Phase]
    when: tuple[Condition, ...]
    actions: tuple[Action, ...]
    latch: bool = True
    always: bool = False
    with_phases: bool = False
    lost_link_trips: bool = True
    why: str = ""
    line: int = 0

    @property
    def cleared_by(self) -> ClearedBy:
        return "operator" if self.latch else "itself"

    @property
    def only_forbids(self) -> bool:
        """Whether it is a permission that people wait for, and nothing is wrong while it is not given."""
        return not self.latch and set(self.actions) <= set(PERMISSIONS)

    @property
    def sources(self) -> frozenset[Source]:
        """Everything that it looks at."""
        return frozenset(source for condition in self.when for source in sources_of(condition))


def sources_of(condition: Condition) -> Iterator[Source]:
    """What a condition looks at."""
    match condition:
        case Always():
            return
        case Leak(place=place):
            yield Source(place, "pressure")
            yield Source(place, "temperature")
        case Difference():
            yield condition.source
            yield condition.other
        case Change():
            yield condition.source
        case _:
            yield condition.source
