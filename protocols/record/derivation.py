"""Makes what is derived from the log and the rows: `run.nxs`, Parquet and `metadata.json`; and seals a record."""

import hashlib

from operando.protocols.record.checksums import sums_of, write_sums
from operando.protocols.record.contents import Contents
from operando.protocols.record.crate import CRATE, crate_text
from operando.protocols.record.describe import describe
from operando.protocols.record.durable import PART, Disk
from operando.protocols.record.metadata import METADATA
from operando.protocols.record.nexus import write_nexus
from operando.protocols.record.parquet import write_parquet

__all__ = ["Derivation"]

_GROWTH = 1 / 16
"""By how much a record grows before everything is made anew at the end of a step. A run of 1,000 equal steps then has
it made 85 times, which is 17 times the work of the last; at each end it would be 500 times."""


class Derivation:
    """Keeps the derived files of a record up to date."""

    def __init__(self, contents: Contents, disk: Disk) -> None:
        self._contents = contents
        self._disk = disk
        self._made_of = -1

    @property
    def due(self) -> bool:
        """Whether so much has been recorded since the last time that it is worth making everything anew."""
        amount = self._contents.amount
        return amount > self._made_of and amount >= self._made_of * (1 + _GROWTH)

    def make(self) -> None:
        """Make everything anew, each file under a temporary name.

        Raises:
            RecordError: if a file cannot be replaced; the old one is untouched.
        """
        contents = self._contents
        write_nexus(self._disk, contents)
        write_parquet(self._disk, contents)
        self._disk.write_whole(contents.folder / METADATA, describe(contents).text.encode())
        self._remember()

    def _remember(self) -> None:
        self._made_of = self._contents.amount

    def seal(self) -> None:
        """Describe every file, then write the sums: the last file of all."""
        folder = self._contents.folder
        for left_over in sorted(folder.rglob(f"*{PART}")):
            self._disk.remove(left_over)
        sums = sums_of(folder)
        sums.pop(CRATE, None)
        crate = crate_text(self._contents, sums).encode()
        self._disk.write_whole(folder / CRATE, crate)
        write_sums(self._disk, folder, {**sums, CRATE: hashlib.sha256(crate).hexdigest()})
