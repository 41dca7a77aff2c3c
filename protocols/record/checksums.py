"""`SHA256SUMS`: the last file of a closed record, in the form that `sha256sum --check` reads."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from operando.protocols.record.durable import Disk

__all__ = ["SUMS", "file_sha256", "files_of", "read_sums", "sums_of", "write_sums"]

SUMS = "SHA256SUMS"
DERIVED = "derived"
_PIECE_BYTES = 1 << 22


def files_of(folder: Path) -> list[str]:
    """Every file of a record, as paths with `/` relative to its folder, sorted; not the sums, not `derived/`."""
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return [name for name in names if name != SUMS and not name.startswith(f"{DERIVED}/")]


def file_sha256(path: Path) -> str:
    """The SHA-256 of a file as hexadecimal digits."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE_BYTES):
            digest.update(piece)
    return digest.hexdigest()


def sums_of(folder: Path) -> dict[str, str]:
    """The sum of every file as it is now."""
    return {name: file_sha256(folder / name) for name in files_of(folder)}


def write_sums(disk: Disk, folder: Path, sums: Mapping[str, str]) -> None:
    """Close a record: from now on it is complete and known to be."""
    lines = [f"{digest}  {name}\n" for name, digest in sorted(sums.items())]
    disk.write_whole(folder / SUMS, "".join(lines).encode())


def read_sums(folder: Path) -> dict[str, str]:
    """The sums by file.

    Raises:
        ValueError: if a line is no sum and name.
    """
    sums = {}
    for line in (folder / SUMS).read_text(encoding="utf-8").splitlines():
        digest, name = line.split("  ", 1)
        sums[name] = digest
    return sums
