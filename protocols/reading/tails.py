"""Follows files that somebody else appends to: each look reads only the bytes that are new."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from operando.drivers.roles import SAMPLE
from operando.protocols.record.block_log import read_log
from operando.protocols.record.durable import missing_part

__all__ = ["LineTail", "SampleTail"]

_REMEMBERED_BYTES = 256


class LineTail:
    """The complete lines of a file, as they come.

    A last line without its end is not there yet. A writer whose disk was full cuts its file back and goes on; then
    everything is read anew, and `restarted` says so.

    Args:
        required: whether every record has this file.
    """

    def __init__(self, path: Path, *, required: bool = True) -> None:
        self.path = path
        self.restarted = False
        self._required = required
        self._offset = 0
        self._last = b""

    def new_lines(self) -> list[bytes]:
        """Complete lines since the last call, without their ends; all of them if `restarted`.

        Raises:
            RecordError: if a file that every record has is not there.
        """
        self.restarted = False
        if not self.path.exists():
            if self._required:
                raise missing_part(self.path.parent, self.path.name)
            return []
        with self.path.open("rb") as file:
            file.seek(self._offset - len(self._last))
            remembered = file.read(len(self._last))
            if remembered != self._last:
                self.restarted, self._offset, self._last = True, 0, b""
                file.seek(0)
            data = file.read()
        complete = data[: data.rfind(b"\n") + 1]
        self._offset += len(complete)
        self._last = (self._last + complete)[-_REMEMBERED_BYTES:]
        # a power cut may leave zeros where a write that was not synced should be
        return complete.replace(b"\0", b"").split(b"\n")[:-1]


class SampleTail:
    """The samples of a block log, as they come; a block that is not complete is not there yet."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = 0
        self._room = np.empty(0, SAMPLE)
        self._count = 0
        self._asked = False

    def ask(self) -> NDArray[np.void]:
        """All samples as of the last look, dtype SAMPLE, shape (n,), not to be written; the first call looks."""
        if not self._asked:
            self._asked = True
            self.refresh()
        view = self._room[: self._count]
        view.flags.writeable = False
        return view

    def refresh(self) -> bool:
        """Read what is new, unless nobody has asked yet; whether there was anything."""
        if not self._asked:
            return False
        if not self._path.exists():
            raise missing_part(self._path.parent, self._path.name)
        content = read_log(self._path, self._offset)
        torn = content.damage and sum(content.damage[-1]) == content.size
        self._offset += content.damage[-1][0] if torn else content.size
        self._keep(content.samples)
        return len(content.samples) > 0

    def _keep(self, new: NDArray[np.void]) -> None:
        """Views that were given out keep the room that they look into."""
        needed = self._count + len(new)
        if needed > len(self._room):
            grown = np.empty(max(needed, 2 * self._count), SAMPLE)
            grown[: self._count] = self._room[: self._count]
            self._room = grown
        self._room[self._count : needed] = new
        self._count = needed
