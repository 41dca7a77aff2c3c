"""What a simulated instrument is: bytes in, bytes out, and a due time for each reply. No I/O, no threads.

The same engine serves `sim://` in virtual time and real wires with `operando simulate`.
"""

from typing import Protocol

__all__ = ["Answering", "Conversation", "Engine", "Outbox"]


class Conversation(Protocol):
    """One client's connection to a simulated instrument.

    All times are world times in seconds. Calls come in an order of time that never runs backwards by more than the
    length of one exchange; an engine handles a late-comer at its own present.
    """

    def feed(self, data: bytes, now: float) -> None:
        """Bytes (or one datagram) arrived from the client."""
        ...

    def due(self) -> float | None:
        """When to call `collect` next: the next reply, or something that may produce one. None: nothing is coming."""
        ...

    def collect(self, now: float) -> list[bytes]:
        """Everything that is due by now, in order; each item is one write, or one datagram."""
        ...

    def disconnect(self, now: float) -> None:
        """The client is gone. The instrument goes on with what it does."""
        ...

    @property
    def closed(self) -> bool:
        """Whether the instrument has hung up."""
        ...


class Engine(Protocol):
    """A simulated instrument."""

    def connect(self, endpoint: str, local_port: int, now: float) -> Conversation:
        """A client connects.

        Args:
            endpoint: which of the instrument's doors, by the name that the simulated bench gives it (`control`).
            local_port: the client's own port, by which some instruments pair two connections.
            now: world time.

        Raises:
            ConnectionRefusedError: if the instrument does not take the client.
        """
        ...


class Outbox:
    """Replies that wait for their due time, in order. A reply never overtakes one that was promised before it."""

    def __init__(self) -> None:
        self._items: list[tuple[float, bytes]] = []

    def put(self, data: bytes, due: float) -> None:
        """Promise bytes for a time."""
        if self._items:
            due = max(due, self._items[-1][0])
        self._items.append((due, data))

    def due(self) -> float | None:
        """When the first item is due."""
        return self._items[0][0] if self._items else None

    def collect(self, now: float) -> list[bytes]:
        """Take what is due."""
        count = sum(1 for due, _ in self._items if due <= now)
        taken = [data for _, data in self._items[:count]]
        del self._items[:count]
        return taken

    def clear(self) -> None:
        """Forget everything that was promised."""
        self._items.clear()


class Answering:
    """What conversations share in which nothing is said but replies, each when it is due."""

    closed = False

    def __init__(self) -> None:
        self._outbox = Outbox()

    def due(self) -> float | None:
        return self._outbox.due()

    def collect(self, now: float) -> list[bytes]:
        return self._outbox.collect(now)

    def disconnect(self, now: float) -> None:
        self._outbox.clear()
