"""How far an export has come."""

from typing import Protocol

__all__ = ["Progress", "Unseen"]


class Progress(Protocol):
    """Somebody who looks on."""

    def begin(self, what: str, total: int) -> None:
        """A file is begun, of so many pieces."""
        ...

    def advance(self, pieces: int = 1) -> None:
        """So many more pieces are done."""
        ...


class Unseen:
    """Nobody looks on."""

    def begin(self, what: str, total: int) -> None:
        pass

    def advance(self, pieces: int = 1) -> None:
        pass
