"""Everything that is wrong with the wire of one instrument, now and later."""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from operando.simulators.faults.effects import Message, Outcome, Unplug
from operando.simulators.faults.rule import Direction, FaultRule

__all__ = ["WireFaults"]


@dataclass(slots=True)
class _Counted:
    """A rule, and how many messages have met its conditions so far."""

    rule: FaultRule
    met: int = 0


@dataclass(slots=True)
class WireFaults:
    """The rules of one wire; the first that hits a message decides.

    Args:
        unplugged_between: times in which the wire is cut; an open connection dies with it.
        silent_between: times in which replies are lost.
        garbage_between: times in which replies are replaced by noise of the same length.
        late_by_s: added to the due time of each reply.
        noise: decides what noise looks like, and what a probability hits.
        met: how many messages went each way so far.
    """

    unplugged_between: list[tuple[float, float]] = field(default_factory=list)
    silent_between: list[tuple[float, float]] = field(default_factory=list)
    garbage_between: list[tuple[float, float]] = field(default_factory=list)
    late_by_s: float = 0.0
    noise: random.Random = field(default_factory=lambda: random.Random(0))
    met: Counter[Direction] = field(default_factory=Counter)
    _rules: list[_Counted] = field(default_factory=list)

    def add(self, rule: FaultRule) -> None:
        """A further rule, behind those that there are."""
        self._rules.append(_Counted(rule))

    def clear(self) -> None:
        """No rule is left, and the wire is whole."""
        self._rules.clear()
        for spans in (self.unplugged_between, self.silent_between, self.garbage_between):
            spans.clear()
        self.late_by_s = 0.0

    @property
    def rules(self) -> Sequence[FaultRule]:
        """Those that were added, in their order."""
        return [counted.rule for counted in self._rules]

    def unplugged(self, now: float) -> bool:
        """Whether the wire is cut."""
        return _inside(self.unplugged_between, now) or any(
            isinstance(counted.rule.fault, Unplug) and counted.rule.nth is None and counted.rule.holds(now)
            for counted in self._rules
        )

    def meet(self, message: Message, direction: Direction, now: float) -> Outcome:
        """What becomes of a message on its way."""
        self.met[direction] += 1
        if direction is Direction.REPLIES:
            if _inside(self.silent_between, now):
                return Outcome()
            if _inside(self.garbage_between, now):
                return Outcome(((self.late_by_s, self.noise.randbytes(len(message.data))),))
        late_s = self.late_by_s if direction is Direction.REPLIES else 0.0
        hit = self._first_hit(message, direction, now)
        if hit is None:
            return Outcome(((late_s, message.data),))
        outcome = hit.fault.apply(message)
        pieces = tuple((late_s + delay_s, data) for delay_s, data in outcome.pieces)
        return Outcome(pieces, outcome.ending, outcome.wait_for_next)

    def _first_hit(self, message: Message, direction: Direction, now: float) -> FaultRule | None:
        request = message.before if direction is Direction.REPLIES else message.data
        for counted in self._rules:
            rule = counted.rule
            if rule.on is not direction or not rule.holds(now) or not rule.concerns(request):
                continue
            counted.met += 1
            if rule.nth is not None and counted.met not in rule.nth:
                continue
            if rule.probability >= 1 or self.noise.random() < rule.probability:
                return rule
        return None


def _inside(spans: list[tuple[float, float]], now: float) -> bool:
    return bool(spans) and any(start <= now < end for start, end in spans)
