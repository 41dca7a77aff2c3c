"""Seals a record: describes every file, sums every file, and only then is it closed.

The crate, which has the sums too, gets its name after `SHA256SUMS`. So whatever stops the close, what is left is told
from a closed record that a file was taken away from: where the crate is, the sums were written before it.
"""

import hashlib

from operando.protocols.record.checksums import SUMS, sums_of, write_sums
from operando.protocols.record.contents import Contents
from operando.protocols.record.crate import CRATE, crate_text
from operando.protocols.record.durable import PART, Disk

__all__ = ["CONTROL", "seal", "unseal"]

CONTROL = "control"
"""The folder of the control cell's record inside that of its run. It is sealed before, by itself."""


def seal(contents: Contents, disk: Disk) -> None:
    """Close a record whose files are all written; what an earlier try has left is made anew.

    Raises:
        RecordError: if a file cannot be written; the record is then not closed.
    """
    folder = contents.folder
    unseal(contents, disk)
    sums = sums_of(folder)
    sums.pop(CRATE, None)
    crate = crate_text(contents, sums).encode()
    described = disk.prepare(folder / CRATE, crate)
    write_sums(disk, folder, {**sums, CRATE: hashlib.sha256(crate).hexdigest()})
    disk.publish(described, folder / CRATE)


def unseal(contents: Contents, disk: Disk) -> None:
    """Remove what a close that did not come to its end has left, and other files that are not whole."""
    folder = contents.folder
    disk.remove(folder / SUMS)
    # the sums without a crate in the making would be those of a closed record
    disk.sync_folder(folder)
    for left_over in sorted(folder.rglob(f"*{PART}")):
        # a crate in the making says that the record inside was not closed either
        if not left_over.is_relative_to(folder / CONTROL):
            disk.remove(left_over)
