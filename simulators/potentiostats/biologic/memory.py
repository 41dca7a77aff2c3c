"""The memory of a channel: rows of words, until somebody fetches them or there is no room."""

from dataclasses import dataclass, field

__all__ = ["Memory", "Stretch"]

WORDS_PER_FETCH = 1000


@dataclass(slots=True)
class Stretch:
    """Rows of one technique and process."""

    technique: int
    process: int
    columns: int
    rows: list[tuple[int, ...]] = field(default_factory=list)


class Memory:
    """Keeps so many words.

    Args:
        size: in words.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self.skipped = 0
        """Rows for which there was no room."""
        self.full = False
        """Whether rows were lost since somebody was told."""
        self._stretches: list[Stretch] = []

    @property
    def filled(self) -> int:
        """Words that are kept."""
        return sum(len(stretch.rows) * stretch.columns for stretch in self._stretches)

    def put(self, technique: int, process: int, row: tuple[int, ...]) -> None:
        """One row."""
        if self.filled + len(row) > self.size:
            self.skipped += 1
            self.full = True
            return
        last = self._stretches[-1] if self._stretches else None
        if last is None or (last.technique, last.process, last.columns) != (technique, process, len(row)):
            last = Stretch(technique, process, len(row))
            self._stretches.append(last)
        last.rows.append(row)

    def fetch(self) -> Stretch | None:
        """The oldest rows of one kind, as many as go into one buffer."""
        if not self._stretches:
            return None
        first = self._stretches[0]
        count = WORDS_PER_FETCH // first.columns
        taken = Stretch(first.technique, first.process, first.columns, first.rows[:count])
        del first.rows[:count]
        if not first.rows:
            del self._stretches[0]
        return taken

    def clear(self) -> None:
        """A new experiment begins."""
        self._stretches, self.skipped, self.full = [], 0, False
