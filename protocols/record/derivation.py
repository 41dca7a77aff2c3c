"""Makes what is derived from the log and the rows: `run.nxs`, Parquet and `metadata.json`; and seals a record."""

from collections.abc import Callable
from concurrent.futures import Future

from operando.protocols.record.contents import Contents
from operando.protocols.record.derivation_apart import DerivationApart
from operando.protocols.record.describe import describe
from operando.protocols.record.durable import Disk, RecordError
from operando.protocols.record.extent import Extent
from operando.protocols.record.metadata import METADATA
from operando.protocols.record.nexus import write_nexus
from operando.protocols.record.parquet import write_parquet
from operando.protocols.record.seal import seal

__all__ = ["Derivation"]

_GROWTH = 1 / 4
"""By how much a record grows before everything is made anew at the end of a step. A run of 1,000 equal steps then has
it made 27 times, which is 4 times the work of the last; at each end it would be 500 times."""


class Derivation:
    """Keeps the derived files of a record up to date: at once, or in another process while the run goes on."""

    def __init__(self, contents: Contents, disk: Disk) -> None:
        self._contents = contents
        self._disk = disk
        self._made_of = -1
        self._apart: DerivationApart | None = None
        self._under_way: Future[None] | None = None
        self._will_be_made_of = -1

    @property
    def due(self) -> bool:
        """Whether so much has been recorded since the last time that it is worth making everything anew."""
        amount = self._contents.amount
        return amount > self._made_of and amount >= self._made_of * (1 + _GROWTH)

    def make(self) -> None:
        """Make everything anew, each file under a temporary name.

        Raises:
            RecordError: if a file cannot be made or replaced; the old one is untouched.
        """
        try:
            self._make_files()
        except (OSError, RecordError):
            raise
        except Exception as error:  # what can be made again from the log must not end an experiment
            raise self._defect(error) from error
        self._remember()

    def begin(self, first: Callable[[], None]) -> None:
        """Have everything made anew by another process, once `first` is done; not while it is still at work."""
        if self._under_way is not None:
            return
        self._apart = self._apart or DerivationApart()
        self._will_be_made_of = self._contents.amount
        self._under_way = self._apart.begin(Extent.of(self._contents), first)

    def failure(self) -> str:
        """Why the other process did not replace the files, said once; empty if it did, or is still at work."""
        if self._under_way is None or not self._under_way.done():
            return ""
        under_way, self._under_way = self._under_way, None
        error = under_way.exception()
        if error is None:
            self._made_of = self._will_be_made_of
            return ""
        return str(error if isinstance(error, RecordError | OSError) else self._defect(error))

    def end_apart(self) -> None:
        """Let the other process go; what it has not finished stays undone."""
        if self._apart is not None:
            self._apart.close()
        self._apart = self._under_way = None

    def _make_files(self) -> None:
        contents = self._contents
        write_nexus(self._disk, contents)
        write_parquet(self._disk, contents)
        self._disk.write_whole(contents.folder / METADATA, describe(contents).text.encode())

    def _defect(self, error: BaseException) -> RecordError:
        return RecordError(
            f"run.nxs and the rest cannot be made: {type(error).__name__}: {error}",
            where=str(self._contents.folder),
            remedy="This is a defect of operando. What was recorded is safe in the log and the rows.",
        )

    def _remember(self) -> None:
        self._made_of = self._contents.amount

    def seal(self) -> None:
        """Close the record."""
        seal(self._contents, self._disk)
