"""A file as a vendor's program writes it: through a buffer that may end in the middle of a line."""

from pathlib import Path

__all__ = ["WrittenFile"]


class WrittenFile:
    """Bytes that readers can see, and bytes that still stand in the buffer of the program.

    Args:
        path: also written to disk there, if it is given.
        block_bytes: the buffer is emptied whenever it holds so many.
    """

    def __init__(self, path: Path | None = None, block_bytes: int = 200) -> None:
        self.seen = b""
        """What a reader finds."""
        self.generation = 0
        """How often the file was replaced."""
        self._path = path
        self._block_bytes = block_bytes
        self._buffer = b""

    def append(self, data: bytes) -> None:
        """Write through the buffer."""
        self._buffer += data
        whole = len(self._buffer) - len(self._buffer) % self._block_bytes
        self._show(self._buffer[:whole])
        self._buffer = self._buffer[whole:]

    def flush(self) -> None:
        """Empty the buffer."""
        self._show(self._buffer)
        self._buffer = b""

    def replace(self, content: bytes) -> None:
        """Write the file anew, under another name first."""
        self.seen, self._buffer = content, b""
        self.generation += 1
        if self._path is not None:
            new = self._path.with_suffix(".new")
            new.write_bytes(content)
            new.replace(self._path)

    def _show(self, data: bytes) -> None:
        self.seen += data
        if self._path is not None and data:
            with self._path.open("ab") as file:
                file.write(data)
