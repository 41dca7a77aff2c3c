"""Messages out of a stream of bytes, by delimiter or by length, each by a deadline."""

from operando.drivers.clock import Clock
from operando.drivers.errors import FramingError, TransportTimeout
from operando.drivers.links.link import Link

__all__ = ["StreamBuffer"]

ENDS = {b"\n": "a line feed", b"\r": "a carriage return", b"\r\n": "a carriage return and a line feed"}
"""What ends a message, in words that people look for in a manual."""

LONGEST = 1 << 20
"""No instrument says as much in a line; more is somebody else who floods the port."""
MOST_AT_ONCE = 1 << 26


class StreamBuffer:
    """Collects what a stream link delivers until a whole message is there.

    Bytes that arrived before a time-out are kept for the next read.
    """

    def __init__(self, link: Link, clock: Clock) -> None:
        self._link = link
        self._clock = clock
        self._bytes = bytearray()

    def __len__(self) -> int:
        return len(self._bytes)

    def read_until(self, delimiter: bytes, timeout_s: float) -> bytes:
        """Bytes up to and including the delimiter.

        Raises:
            TransportTimeout: if the delimiter did not arrive in time.
            FramingError: if more came without it than any message has; all of that is forgotten.
            TransportClosed: if the other end is gone.
        """
        deadline = self._clock.now() + timeout_s
        searched = 0
        while (found := self._bytes.find(delimiter, searched)) < 0:
            searched = max(0, len(self._bytes) - len(delimiter) + 1)
            if len(self._bytes) > LONGEST:
                raise self._endless(delimiter)
            self._fill(deadline, f"the end of a message ({_end(delimiter)})")
        return self._cut(found + len(delimiter))

    def read_exactly(self, count: int, timeout_s: float) -> bytes:
        """So many bytes.

        Raises:
            TransportTimeout: if they did not arrive in time.
            TransportClosed: if the other end is gone.
        """
        deadline = self._clock.now() + timeout_s
        while len(self._bytes) < count:
            self._fill(deadline, f"{count} bytes")
        return self._cut(count)

    def left(self) -> bytes:
        """Everything that was received and not asked for, without looking at the link; it is given once."""
        return self._cut(len(self._bytes))

    def available(self) -> bytes:
        """Everything that is here now, without waiting; of what is said without end, as much as a large picture.

        Raises:
            TransportClosed: if the other end is gone; what came before stays here.
        """
        while len(self._bytes) < MOST_AT_ONCE:
            try:
                more = self._link.read(0.0)
            except TransportTimeout:
                break
            if not more:
                break
            self._bytes += more
        return self.left()

    def give_back(self, data: bytes) -> None:
        """Put bytes back to the front, the unfinished rest of a message."""
        self._bytes[:0] = data

    def _fill(self, deadline: float, wanted: str) -> None:
        remaining = deadline - self._clock.now()
        try:
            more = self._link.read(max(remaining, 0.0)) if remaining > 0 else b""
        except TransportTimeout:
            more = b""
        if not more:
            got = f"got {len(self._bytes)} bytes: {bytes(self._bytes[:64])!r}"
            what = f"waited for {wanted}, {got}" if self._bytes else f"no answer: waited for {wanted}, nothing came"
            raise TransportTimeout(what, where=str(self._link.address))
        self._bytes += more

    def _endless(self, delimiter: bytes) -> FramingError:
        count = len(self._bytes)
        begin = self._cut(count)[:64]
        return FramingError(
            f"{count} bytes came without {_end(delimiter)}, which ends a message: {begin!r}",
            where=str(self._link.address),
            remedy="Something else talks at this address: check the address, and the baud rate of a serial line.",
        )

    def _cut(self, count: int) -> bytes:
        data = bytes(self._bytes[:count])
        del self._bytes[:count]
        return data


def _end(delimiter: bytes) -> str:
    return ENDS.get(delimiter, repr(delimiter))
