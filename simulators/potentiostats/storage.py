"""The file system on board: what scripts write with `file_open` and the client fetches with the `fs_` commands.

Known from the vendor (PyPalmSens, page on internal storage): size and free space in kB, a text file
`measurement0000.txt` whose content is `v01.09.00\\nP...\\n\\n`, and the error codes. Not documented, and assumed: how
`&i` is numbered (four digits, from 0000, the first that is free), and the lines of a listing (`size;name`).
"""

from operando.simulators.potentiostats.errors import ErrorCode, RuntimeFault

__all__ = ["Storage"]

NUMBER = "&i"
LONGEST_PATH = 63
"""Assumed; the vendor has an error code for a path that is too long, and says no number."""


class Storage:
    """Files by name; they outlive scripts and clients.

    Args:
        size_kB: how much fits; 0 for an instrument without a file system.
    """

    def __init__(self, size_kB: int) -> None:
        self.size_kB = size_kB
        self._files: dict[str, bytearray] = {}

    @property
    def free_kB(self) -> int:
        """Whole kilobytes that are left."""
        return self.size_kB - -(-sum(len(content) for content in self._files.values()) // 1024)

    def create(self, template: str) -> str:
        """Make a new file; `&i` in its name becomes the first free number. Returns its name.

        Raises:
            RuntimeFault: 0083 without a file system, 009D or 009E for a bad name, 0027 if it exists.
        """
        if not self.size_kB:
            raise RuntimeFault(ErrorCode.NO_FILE_SYSTEM)
        if len(template) > LONGEST_PATH:
            raise RuntimeFault(ErrorCode.PATH_TOO_LONG)
        if not template or any(character.isspace() for character in template):
            raise RuntimeFault(ErrorCode.PATH_NOT_VALID)
        name, number = template.lstrip("/").replace(NUMBER, "0000"), 0
        while NUMBER in template and name in self._files:
            number += 1
            name = template.lstrip("/").replace(NUMBER, f"{number:04d}")
        if name in self._files:
            raise RuntimeFault(ErrorCode.FILE_EXISTS)
        self._files[name] = bytearray()
        return name

    def append(self, name: str, text: str) -> None:
        """Write to a file. A file that was deleted meanwhile is not made again.

        Raises:
            RuntimeFault: 0026 if there is no room.
        """
        if name not in self._files:
            return
        if self.free_kB <= 0:
            raise RuntimeFault(ErrorCode.FILE_ERROR)
        self._files[name] += text.encode("latin-1")

    def listing(self) -> tuple[tuple[int, str], ...]:
        """Size in bytes and name of every file, in the order of their names."""
        return tuple((len(self._files[name]), name) for name in sorted(self._files))

    def content(self, name: str) -> str | None:
        """What is in a file; None if it does not exist."""
        content = self._files.get(name.lstrip("/"))
        return None if content is None else content.decode("latin-1")

    def delete(self, name: str) -> bool:
        """Delete a file; whether there was one."""
        return self._files.pop(name.lstrip("/"), None) is not None

    def clear(self) -> None:
        """Delete everything."""
        self._files.clear()
