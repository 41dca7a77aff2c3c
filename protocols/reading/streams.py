"""Files of lines as they grow: each is read when it is first asked for, and then only what is new."""

import csv
from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

from pydantic import JsonValue

from operando.protocols.reading.happened import Event, event_of
from operando.protocols.reading.tails import LineTail
from operando.protocols.record.durable import RecordError
from operando.protocols.record.lines import checked_values, json_values
from operando.protocols.record.rows import row_reader
from operando.protocols.record.truth import TrueState, true_state, truth_names

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

__all__ = ["Stream", "entry_parser", "event_parser", "row_parser", "truth_parser"]

Row = TypeVar("Row", bound="DataclassInstance")
Item = TypeVar("Item")
Parser = Callable[[Sequence[bytes]], list[Item]]


class Stream(Generic[Item]):
    """The items of a file of lines.

    Args:
        parser: makes what turns the lines of a file, from the first on and in order, into items.
        required: whether every record has this file.
    """

    def __init__(self, path: Path, parser: Callable[[Path], Parser[Item]], *, required: bool = True) -> None:
        self._tail = LineTail(path, required=required)
        self._new_parser = parser
        self._parse = parser(path)
        self._items: list[Item] = []
        self._asked = False

    def ask(self) -> Sequence[Item]:
        """All items as of the last look; the first call looks. What it returned is not changed afterwards."""
        if not self._asked:
            self._asked = True
            self.refresh()
        return self._items

    def refresh(self) -> bool:
        """Read what is new, unless nobody has asked yet; whether there was anything."""
        if not self._asked:
            return False
        lines = self._tail.new_lines()
        if self._tail.restarted:
            self._items, self._parse = [], self._new_parser(self._tail.path)
        if lines:
            self._items = [*self._items, *self._parse(lines)]
        return bool(lines)


def row_parser(kind: type[Row]) -> Callable[[Path], Parser[Row]]:
    """For files of rows, whose first line names the columns."""

    def parser(path: Path) -> Parser[Row]:
        read: list[Callable[[Sequence[str]], Row]] = []

        def parse(lines: Sequence[bytes]) -> list[Row]:
            values = csv.reader(line.decode() for line in lines)
            try:
                if not read:
                    read.append(row_reader(kind, next(values), path.name))
                return [read[0](row) for row in values]
            except ValueError as error:
                raise RecordError(f"cannot be read: {error}", where=str(path)) from error

        return parse

    return parser


def truth_parser(path: Path) -> Parser[TrueState]:
    """For `truth.csv`, whose first line names the quantities of the simulated world."""
    names: list[Sequence[str]] = []

    def parse(lines: Sequence[bytes]) -> list[TrueState]:
        values = csv.reader(line.decode() for line in lines)
        try:
            if not names:
                names.append(truth_names(next(values)))
            return [true_state(names[0], row) for row in values]
        except (ValueError, IndexError) as error:
            raise RecordError(f"cannot be read: {error}", where=str(path)) from error

    return parse


def event_parser(path: Path) -> Parser[Event]:
    """For `events.jsonl`."""
    numbers = count(1)
    return lambda lines: [event_of(json_values(line, path, next(numbers))) for line in lines]


def entry_parser(path: Path) -> Parser[dict[str, JsonValue]]:
    """For `journal.jsonl`, whose lines carry a checksum."""
    numbers = count(1)
    return lambda lines: [checked_values(line, path, next(numbers)) for line in lines]
