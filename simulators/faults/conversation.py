"""A conversation with a simulated instrument over a wire with faults."""

from operando.simulators.engine import Conversation
from operando.simulators.faults.effects import Ending
from operando.simulators.faults.path import FaultyPath
from operando.simulators.faults.rule import Direction
from operando.simulators.faults.wire import WireFaults

__all__ = ["FaultyConversation"]


class FaultyConversation:
    """Is a `Conversation` itself: the faults stand between the client and the instrument, both ways."""

    def __init__(self, conversation: Conversation, faults: WireFaults) -> None:
        self._conversation = conversation
        self._faults = faults
        self._requests = FaultyPath(faults, Direction.REQUESTS)
        self._replies = FaultyPath(faults, Direction.REPLIES)
        self._request = b""
        self._reply = b""
        self._ended: Ending | None = None

    @property
    def closed(self) -> bool:
        return self._ended is not None or (self._conversation.closed and self._replies.due() is None)

    @property
    def reset(self) -> bool:
        """Whether the connection died in the hard way."""
        return self._ended is Ending.RESET

    def feed(self, data: bytes, now: float) -> None:
        if not self._cut_by(now):
            self._request = data
            self._requests.put(data, now, self._reply)
            self._deliver_requests(now)

    def due(self) -> float | None:
        if self._ended is not None:
            return None
        dues = (self._requests.due(), self._replies.due(), self._conversation.due())
        return min((due for due in dues if due is not None), default=None)

    def collect(self, now: float) -> list[bytes]:
        if self._cut_by(now):
            return []
        self._deliver_requests(now)
        due = self._conversation.due()
        for item in self._conversation.collect(now):
            # a client that looks late must not make a late reply later still
            self._replies.put(item, now if due is None else min(due, now), self._request)
            self._reply = item
        arrived = self._replies.collect(now)
        self._end_as(self._replies.ended, now)
        return arrived

    def disconnect(self, now: float) -> None:
        self._conversation.disconnect(now)

    def _deliver_requests(self, now: float) -> None:
        for item in self._requests.collect(now):
            self._conversation.feed(item, now)
        self._end_as(self._requests.ended, now)

    def _cut_by(self, now: float) -> bool:
        if self._ended is None and self._faults.unplugged(now):
            self._end_as(Ending.RESET, now)
        return self._ended is not None

    def _end_as(self, ending: Ending | None, now: float) -> None:
        if ending is not None and self._ended is None:
            self._ended = ending
            self._conversation.disconnect(now)
