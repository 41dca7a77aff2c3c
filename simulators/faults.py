"""Faults of wires as rules, in one place for every wire.

A rule names the time in which it acts; what it does is the same for each protocol, because it acts on bytes.
"""

import random
from dataclasses import dataclass, field

from operando.simulators.engine import Conversation

__all__ = ["FaultyConversation", "WireFaults"]


@dataclass(slots=True)
class WireFaults:
    """What is wrong with the wire of one instrument.

    Args:
        unplugged_between: times in which the wire is cut; an open connection dies with it.
        silent_between: times in which replies are lost.
        garbage_between: times in which replies are replaced by noise of the same length.
        late_by_s: added to the due time of each reply.
    """

    unplugged_between: list[tuple[float, float]] = field(default_factory=list)
    silent_between: list[tuple[float, float]] = field(default_factory=list)
    garbage_between: list[tuple[float, float]] = field(default_factory=list)
    late_by_s: float = 0.0
    noise: random.Random = field(default_factory=lambda: random.Random(0))

    def unplugged(self, now: float) -> bool:
        """Whether the wire is cut."""
        return _inside(self.unplugged_between, now)

    def transform(self, data: bytes, now: float) -> bytes:
        """What becomes of a reply on its way; nothing if it is lost."""
        if _inside(self.silent_between, now):
            return b""
        if _inside(self.garbage_between, now):
            return self.noise.randbytes(len(data))
        return data


class FaultyConversation:
    """A conversation over a wire with faults."""

    def __init__(self, conversation: Conversation, faults: WireFaults) -> None:
        self._conversation = conversation
        self._faults = faults
        self._cut = False

    @property
    def closed(self) -> bool:
        return self._cut or self._conversation.closed

    def feed(self, data: bytes, now: float) -> None:
        if not self._cut_by(now):
            self._conversation.feed(data, now)

    def due(self) -> float | None:
        due = None if self._cut else self._conversation.due()
        return None if due is None else due + self._faults.late_by_s

    def collect(self, now: float) -> list[bytes]:
        if self._cut_by(now):
            return []
        items = self._conversation.collect(now - self._faults.late_by_s)
        return [changed for item in items if (changed := self._faults.transform(item, now))]

    def disconnect(self, now: float) -> None:
        self._conversation.disconnect(now)

    def _cut_by(self, now: float) -> bool:
        if not self._cut and self._faults.unplugged(now):
            self._cut = True
            self._conversation.disconnect(now)
        return self._cut


def _inside(spans: list[tuple[float, float]], now: float) -> bool:
    return bool(spans) and any(start <= now < end for start, end in spans)
