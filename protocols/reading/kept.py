"""What is read from files that are replaced as a whole: kept until a look finds them changed."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Generic, TypeVar

__all__ = ["Kept"]

Value = TypeVar("Value")


class Kept(Generic[Value]):
    """A value that is read when it is first asked for, and again when its files have changed since.

    Args:
        files: that it is read from; they need not be there.
        read: reads it.
    """

    def __init__(self, files: Callable[[], Sequence[Path]], read: Callable[[], Value]) -> None:
        self._files = files
        self._read = read
        self._looked: tuple[Value, object] | None = None

    def ask(self) -> Value:
        """As of the last look; the first call looks."""
        if self._looked is None:
            # in this order a change meanwhile is found by the next look
            seen = self._seen()
            self._looked = (self._read(), seen)
        return self._looked[0]

    def refresh(self) -> bool:
        """Read it again if its files have changed, unless nobody has asked yet; whether they had."""
        if self._looked is None or self._looked[1] == self._seen():
            return False
        self._looked = None
        self.ask()
        return True

    def _seen(self) -> list[tuple[Path, int, int, int]]:
        found = []
        for path in self._files():
            if path.is_file():
                status = path.stat()
                found.append((path, status.st_ino, status.st_size, status.st_mtime_ns))
        return found
