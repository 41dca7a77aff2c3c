"""`SHA256SUMS`: the last file of a closed record, in the form that `sha256sum --check` reads."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from operando.protocols.record.durable import Disk

__all__ = ["SUMS", "file_sha256", "files_of", "read_sums", "sums_of", "write_sums"]

SUMS = "SHA256SUMS"
DERIVED = "derived"
_LITTER = (".DS_Store", "Thumbs.db", "desktop.ini")
_PIECE_BYTES = 1 << 22


def files_of(folder: Path) -> list[str]:
    """Every file of a record, as paths with `/` relative to its folder, sorted; not the sums, not `derived/`.

    Nor what file browsers put into every folder that somebody looks at, nor what is derived from the control cell.
    """
    files = (path for path in folder.rglob("*") if path.is_file() and not _is_litter(path.name))
    names = sorted(path.relative_to(folder).as_posix() for path in files)
    return [name for name in names if name != SUMS and not name.startswith((f"{DERIVED}/", f"control/{DERIVED}/"))]


def _is_litter(name: str) -> bool:
    return name in _LITTER or name.startswith("._")


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
    disk.write_whole(folder / SUMS, _text(sums).encode())


def read_sums(folder: Path) -> dict[str, str]:
    """The sums by file.

    Raises:
        ValueError: if the file is not, byte by byte, what `write_sums` makes.
    """
    text = (folder / SUMS).read_bytes().decode()
    sums = {}
    for line in text.removesuffix("\n").split("\n"):
        digest, name = line.split("  ", 1)
        sums[name] = digest
    if _text(sums) != text:
        raise ValueError("the lines are not those that were written at the close")
    return sums


def _text(sums: Mapping[str, str]) -> str:
    return "".join(f"{digest}  {name}\n" for name, digest in sorted(sums.items()))
