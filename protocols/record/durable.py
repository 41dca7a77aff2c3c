"""Bytes on disk: appended in one piece, synced, renamed into place.

`write` survives a kill of the process once it has returned; only what was synced survives a power cut.
"""

import os
import threading
from pathlib import Path

from operando.drivers.errors import OperandoError
from operando.protocols.record import system

__all__ = ["PART", "Disk", "DurableFile", "RecordError", "missing_part"]

PART = ".part"
"""Ending of a file that is not complete yet. Readers ignore such files."""

_BEGIN_BYTES = 1 << 21
"""So much is appended before the disk is asked to begin with it; a sync then has little left to wait for."""
_NOT_ON_DISK = "an earlier write is not known to be on the disk ({})"


class RecordError(OperandoError):
    """The record of a run cannot be written or read."""


def missing_part(folder: Path, name: str) -> RecordError:
    """A file is not there that every record has from its first moment on."""
    return RecordError(
        f"there is no {name}: somebody has taken it away from the record",
        where=str(folder),
        remedy="Run `operando verify` on the run, and go back to a copy.",
    )


class DurableFile:
    """A file that this process alone writes, from one thread; another thread may sync it meanwhile.

    A write that fails (full disk) leaves no half record behind: the file is cut back to what was complete. After a
    failed sync nobody knows what the disk holds, so the file refuses everything from then on.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | system.BINARY, 0o644)
        self._size = os.lseek(self._descriptor, 0, os.SEEK_END)
        self._begun = self._size
        # set after a write, cleared before a sync: what is written during a sync waits for the next one
        self._dirty = False
        self._one_sync = threading.Lock()
        self._refusal = ""

    @property
    def size(self) -> int:
        """Bytes that are complete in the file."""
        return self._size

    def hold(self) -> None:
        """Let other processes see that this one has the file in use, until it is closed or this process ends."""
        system.hold(self._descriptor)

    def append(self, data: bytes) -> None:
        """Append in one write.

        Raises:
            RecordError: if the disk does not take all of it; nothing of it stays in the file.
        """
        if self._refusal:
            self._refuse()
        size = len(data)
        try:
            written = os.write(self._descriptor, data)
            while written < size:
                written += os.write(self._descriptor, data[written:])
        except OSError as error:
            self._cut_back()
            raise _failed("write", self.path, error) from error
        finally:
            self._dirty = True
        self._size = size = self._size + size
        if size - self._begun >= _BEGIN_BYTES:
            system.begin_write_back(self._descriptor, self._begun, size - self._begun)
            self._begun = size

    def write_at(self, data: bytes | memoryview, offset: int) -> None:
        """Write inside the file, which keeps its size, and let the disk begin with it.

        Raises:
            RecordError: if the disk does not take all of it.
        """
        if self._refusal:
            self._refuse()
        view = memoryview(data).cast("B")
        written = 0
        try:
            while written < len(view):
                written += system.write_at(self._descriptor, view[written:], offset + written)
        except OSError as error:
            raise _failed("write", self.path, error) from error
        finally:
            self._dirty = True
        system.begin_write_back(self._descriptor, offset, written)

    def sync(self) -> None:
        """Return once everything written so far is on the disk; at once if nothing was written since the last time.

        Raises:
            RecordError: if the disk does not confirm it; the file is not written again.
        """
        with self._one_sync:
            if self._refusal:
                self._refuse()
            if not self._dirty:
                return
            self._dirty = False
            try:
                system.sync_data(self._descriptor)
            except OSError as error:
                self._refusal = _NOT_ON_DISK.format(error)
                raise _failed("sync", self.path, error) from error

    def cut(self, size: int) -> None:
        """Cut a torn tail off, before the first append."""
        os.ftruncate(self._descriptor, size)
        os.lseek(self._descriptor, 0, os.SEEK_END)
        self._size = self._begun = size
        self._dirty = True

    def close(self) -> None:
        """Let go of the file. Nothing is written to it any more: its descriptor may soon be another file's."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
        self._descriptor = -1
        self._refusal = self._refusal or "the file is closed"

    def _cut_back(self) -> None:
        try:
            os.ftruncate(self._descriptor, self._size)
            os.lseek(self._descriptor, 0, os.SEEK_END)
        except OSError as error:
            self._refusal = _NOT_ON_DISK.format(error)

    def _refuse(self) -> None:
        raise RecordError(
            f"is not written any more: {self._refusal}",
            where=str(self.path),
            remedy="Check the disk, then go on with `operando resume`.",
        )


class Disk:
    """Makes folders and files that are there after a power cut once the call has returned."""

    def make_folder(self, path: Path) -> None:
        """Make a folder, and those above it."""
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _failed("make the folder", path, error) from error
        self.sync_folder(path.parent)

    def open(self, path: Path) -> DurableFile:
        """Open a file to write, at its end; made if it is not there."""
        new = not path.exists()
        file = DurableFile(path)
        if new:
            self.sync_folder(path.parent)
        return file

    def write_whole(self, path: Path, data: bytes) -> None:
        """Write a complete file: either all of it is there under its name, or nothing."""
        self.publish(self._write_part(path, data), path)

    def prepare(self, path: Path, data: bytes) -> Path:
        """Put a complete file on the disk that is still without its name; `publish` gives it."""
        temporary = self._write_part(path, data)
        try:
            _sync_file(temporary)
        except OSError as error:
            raise _failed("write", path, error) from error
        self.sync_folder(path.parent)
        return temporary

    def publish(self, temporary: Path, path: Path) -> None:
        """Sync a complete file that a library wrote and give it its name, replacing what had it.

        Raises:
            RecordError: if that fails; what had the name still has it.
        """
        try:
            _sync_file(temporary)
            temporary.replace(path)
        except PermissionError as error:
            raise RecordError(
                "cannot be replaced", where=str(path), remedy="Close the program that has it open."
            ) from error
        except OSError as error:
            raise _failed("write", path, error) from error
        self.sync_folder(path.parent)

    def remove(self, path: Path) -> None:
        """Remove a file that was never complete."""
        path.unlink(missing_ok=True)

    def sync_folder(self, path: Path) -> None:
        """Put the names in a folder on the disk."""
        system.sync_folder(path)

    def _write_part(self, path: Path, data: bytes) -> Path:
        temporary = path.with_name(path.name + PART)
        try:
            temporary.write_bytes(data)
        except OSError as error:
            raise _failed("write", path, error) from error
        return temporary


def _sync_file(path: Path) -> None:
    descriptor = os.open(path, os.O_RDWR | system.BINARY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _failed(action: str, path: Path, error: OSError) -> RecordError:
    return RecordError(
        f"cannot {action}: {error.strerror or error}", where=str(path), remedy="Make room on the disk, or check it."
    )
