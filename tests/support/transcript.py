"""A link that replays a literal exchange: insists on the bytes a driver must send, gives back what the sheet says."""

from collections import deque
from collections.abc import Iterable

from operando.drivers.clock import VirtualClock
from operando.drivers.errors import TransportTimeout
from operando.drivers.links import Address

__all__ = ["Transcript"]


class Transcript:
    """Expects writes in order; each is followed by the replies that stand behind it.

    Args:
        exchanges: pairs of (bytes that must be written, replies in order).
        clock: charged with the time-out when no reply is left.
    """

    simulated = True

    def __init__(
        self, exchanges: Iterable[tuple[bytes, list[bytes]]], clock: VirtualClock, address: str = "sim://test"
    ) -> None:
        self.address = Address.parse(address)
        self.clock = clock
        self.closed = False
        self._expected = deque(exchanges)
        self._replies: deque[bytes] = deque()
        self._written = b""

    def write(self, data: bytes) -> None:
        self._written += data
        while self._expected and self._written.startswith(self._expected[0][0]):
            request, replies = self._expected.popleft()
            self._written = self._written[len(request) :]
            self._replies.extend(replies)
        expected = self._expected[0][0] if self._expected else b""
        assert expected.startswith(self._written), f"written {self._written!r}, expected {expected!r}"

    def read(self, timeout_s: float) -> bytes:
        if self._replies:
            return self._replies.popleft()
        if timeout_s <= 0:
            return b""
        self.clock.sleep_until(self.clock.now() + timeout_s)
        raise TransportTimeout("the transcript has no reply left", where=str(self.address))

    def close(self) -> None:
        self.closed = True

    def push(self, data: bytes) -> None:
        """The instrument says something by itself."""
        self._replies.append(data)

    def done(self) -> bool:
        """Whether everything that was expected was written and everything read."""
        return not self._expected and not self._replies and not self._written
