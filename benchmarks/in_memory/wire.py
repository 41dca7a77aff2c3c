"""A wire in memory: one line of bytes there, one line back."""

from collections import deque
from collections.abc import Callable

__all__ = ["Wire"]


class Wire:
    """Carries lines to a function and its answers back."""

    def __init__(self, answer: Callable[[bytes], bytes]) -> None:
        self._answer = answer
        self._arrived: deque[bytes] = deque()

    def write(self, line: bytes) -> None:
        """Send one line."""
        self._arrived.append(self._answer(line))

    def read(self) -> bytes:
        """The next answer."""
        return self._arrived.popleft()

    def exchange(self, line: bytes) -> bytes:
        """Send one line and read its answer."""
        self.write(line)
        return self.read()
