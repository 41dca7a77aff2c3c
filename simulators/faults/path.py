"""One direction of a wire with faults: messages in, and what is left of them out, each when it is due."""

from operando.simulators.faults.effects import Ending, Message
from operando.simulators.faults.rule import Direction
from operando.simulators.faults.wire import WireFaults

__all__ = ["FaultyPath"]


class FaultyPath:
    """Keeps the order of a stream: what comes late holds up what follows it.

    Args:
        faults: of the wire.
        direction: which way the messages go.
    """

    def __init__(self, faults: WireFaults, direction: Direction) -> None:
        self.ended: Ending | None = None
        """How the connection died on this path, once everything before its end was collected."""
        self._faults = faults
        self._direction = direction
        self._under_way: list[tuple[float, bytes | Ending]] = []
        self._held = b""
        self._previous = b""

    def put(self, data: bytes, now: float, before: bytes = b"") -> None:
        """A message sets out.

        Args:
            data: one write, or one datagram.
            now: when it sets out.
            before: the last message the other way.
        """
        outcome = self._faults.meet(Message(data, before, self._previous, self._faults.noise), self._direction, now)
        self._previous = data
        if outcome.wait_for_next:
            self._held += b"".join(piece for _, piece in outcome.pieces)
            return
        for delay_s, piece in outcome.pieces:
            if piece:
                self._send(now + delay_s, piece)
        if self._held:
            held, self._held = self._held, b""
            self._send(now, held)
        if outcome.ending is not None:
            self._send(now, outcome.ending)

    def due(self) -> float | None:
        """When the next piece arrives."""
        return self._under_way[0][0] if self._under_way else None

    def collect(self, now: float) -> list[bytes]:
        """What has arrived by now, up to the end of the connection."""
        arrived: list[bytes] = []
        while self._under_way and self._under_way[0][0] <= now and self.ended is None:
            _, piece = self._under_way.pop(0)
            if isinstance(piece, Ending):
                self.ended = piece
            else:
                arrived.append(piece)
        return arrived

    def _send(self, due: float, piece: bytes | Ending) -> None:
        if self._under_way:
            due = max(due, self._under_way[-1][0])
        self._under_way.append((due, piece))
