"""A link whose other end is a function of the test: what it answers, and how long that takes, in virtual time."""

from collections.abc import Callable

from operando.drivers.clock import VirtualClock
from operando.drivers.errors import TransportClosed, TransportTimeout
from operando.drivers.links import Address

__all__ = ["Answers", "TimedLink"]

Answers = list[tuple[float, bytes]]
"""Delay in seconds and bytes of each reply."""


class TimedLink:
    """Replies arrive in the order of their due times.

    Args:
        respond: gets what was written, gives the replies.
        clock: passes while a caller waits.
    """

    simulated = True

    def __init__(self, respond: Callable[[bytes], Answers], clock: VirtualClock) -> None:
        self.address = Address.parse("sim://test")
        self.written: list[bytes] = []
        self.cut = False
        """Set it, and the other end is gone."""
        self._respond = respond
        self._clock = clock
        self._due: list[tuple[float, int, bytes]] = []
        self._count = 0

    def write(self, data: bytes) -> None:
        self._require_whole()
        self.written.append(data)
        for delay_s, reply in self._respond(data):
            self.push(reply, delay_s)

    def push(self, data: bytes, delay_s: float = 0.0) -> None:
        """The instrument says something by itself."""
        self._count += 1
        self._due.append((self._clock.now() + delay_s, self._count, data))
        self._due.sort()

    def read(self, timeout_s: float) -> bytes:
        deadline = self._clock.now() + timeout_s
        if self._due and self._due[0][0] <= deadline:
            due, _, data = self._due.pop(0)
            self._clock.sleep_until(due)
            return data
        self._require_whole()
        if timeout_s <= 0:
            return b""
        self._clock.sleep_until(deadline)
        raise TransportTimeout("nothing came", where=str(self.address))

    def close(self) -> None:
        """Nothing to let go of."""

    def _require_whole(self) -> None:
        if self.cut:
            raise TransportClosed("the test has cut the wire", where=str(self.address))
