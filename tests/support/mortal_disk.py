"""A disk that remembers everything it was told, so that a folder can be rebuilt as a kill or a power cut left it."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from operando.protocols.record.durable import PART, Disk, DurableFile

__all__ = ["Acknowledged", "Files", "MortalDisk", "Operation", "after_kill", "after_power_cut"]


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that was asked of the operating system.

    Args:
        kind: folder, create, write, cut, sync, rename, remove or sync folder.
        path: relative to the folder of the run.
        data: of a write.
        offset: of a write; the size of a cut.
        target: of a rename.
    """

    kind: str
    path: str
    data: bytes = b""
    offset: int = 0
    target: str = ""


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """Something that the recorder was told is recorded, after so many operations."""

    operations: int
    what: str
    value: object


class _MortalFile(DurableFile):
    def __init__(self, path: Path, disk: "MortalDisk") -> None:
        super().__init__(path)
        self._disk = disk

    def append(self, data: bytes) -> None:
        self._disk.note("write", self.path, data=data, offset=self.size)
        super().append(data)

    def write_at(self, data: bytes | memoryview, offset: int) -> None:
        self._disk.note("write", self.path, data=bytes(data), offset=offset)
        super().write_at(data, offset)

    def sync(self) -> None:
        self._disk.note("sync", self.path)
        super().sync()

    def cut(self, size: int) -> None:
        self._disk.note("cut", self.path, offset=size)
        super().cut(size)


@dataclass
class MortalDisk(Disk):
    """Does what a disk does, and writes down the operations."""

    root: Path
    operations: list[Operation] = field(default_factory=list)
    prepared: set[Path] = field(default_factory=set)

    def note(self, kind: str, path: Path, data: bytes = b"", offset: int = 0, target: Path | None = None) -> None:
        name = path.relative_to(self.root).as_posix()
        other = target.relative_to(self.root).as_posix() if target else ""
        self.operations.append(Operation(kind, name, data, offset, other))

    def make_folder(self, path: Path) -> None:
        self.note("folder", path)
        super().make_folder(path)

    def open(self, path: Path) -> DurableFile:
        if not path.exists():
            self.note("create", path)
        file = _MortalFile(path, self)
        self.sync_folder(path.parent)
        return file

    def prepare(self, path: Path, data: bytes) -> Path:
        temporary = path.with_name(path.name + PART)
        self._note_whole(temporary, data)
        self.prepared.add(temporary)
        return super().prepare(path, data)

    def publish(self, temporary: Path, path: Path) -> None:
        # a library or `write_whole` made the temporary file; in which order is unknown, so nothing may rely on it
        if temporary not in self.prepared:
            self._note_whole(temporary, temporary.read_bytes())
        self.note("rename", temporary, target=path)
        super().publish(temporary, path)

    def remove(self, path: Path) -> None:
        self.note("remove", path)
        super().remove(path)

    def sync_folder(self, path: Path) -> None:
        if path.is_relative_to(self.root):
            self.note("sync folder", path)
        super().sync_folder(path)

    def _note_whole(self, temporary: Path, data: bytes) -> None:
        self.note("create", temporary)
        self.note("write", temporary, data=data)
        self.note("sync", temporary)


Files = dict[str, bytearray]


def after_kill(operations: Sequence[Operation], torn: bool = False) -> Files:
    """The files when the process was killed after these operations; torn: half of the last write had been done."""
    files: Files = {}
    for number, operation in enumerate(operations, 1):
        data = operation.data
        if torn and number == len(operations):
            data = data[: len(data) // 2]
        _apply(files, operation, data)
    return files


def after_power_cut(operations: Sequence[Operation], dice: random.Random) -> Files:
    """The files after a power cut: what was not synced (writes, names, cuts) may or may not have reached the disk."""
    contents: Files = {}
    kept: list[Operation] = []
    for number, operation in enumerate(operations):
        if operation.kind in ("sync", "sync folder", "folder") or _reached(operations, number) or dice.random() < 0.5:
            kept.append(operation)
        elif operation.kind == "write" and dice.random() < 0.5:
            # the size of the file reached the disk, the bytes did not
            zeros = bytes(len(operation.data))
            kept.append(Operation("write", operation.path, zeros, operation.offset))
    for operation in kept:
        _apply(contents, operation, operation.data)
    return contents


def _reached(operations: Sequence[Operation], number: int) -> bool:
    """Whether an operation is certain to be on the disk: a sync of its file, for names one of its folder, followed."""
    operation = operations[number]
    if operation.kind in ("write", "cut"):
        return any(later.kind == "sync" and later.path == operation.path for later in operations[number:])
    folder = operation.path.rpartition("/")[0] or "."
    return any(later.kind == "sync folder" and later.path == folder for later in operations[number:])


def _apply(files: Files, operation: Operation, data: bytes) -> None:
    if operation.kind == "create":
        files[operation.path] = bytearray()
    elif operation.kind == "write" and operation.path in files:
        content = files[operation.path]
        content.extend(bytes(max(0, operation.offset + len(data) - len(content))))
        content[operation.offset : operation.offset + len(data)] = data
    elif operation.kind == "cut" and operation.path in files:
        del files[operation.path][operation.offset :]
    elif operation.kind == "rename" and operation.path in files:
        files[operation.target] = files.pop(operation.path)
    elif operation.kind == "remove":
        files.pop(operation.path, None)
