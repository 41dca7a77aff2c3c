"""Turns errors into one screen that a person reads: what, where, what to do; and an exit code."""

import tempfile
import traceback
from collections.abc import Iterator, Mapping

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from operando.drivers.documents import DocumentError
from operando.drivers.errors import ConfigMismatch, OperandoError

__all__ = ["RUN_FAILED", "WRONG_INPUT", "explain"]

RUN_FAILED = 1
WRONG_INPUT = 2
MOST_PROBLEMS = 12
"""Of one document: the first are mended first, and some of the others go with them."""

REFUSALS: Mapping[type[OSError], str] = {
    PermissionError: "Choose a place that you may write to, or ask who owns this one.",
    FileNotFoundError: "Check the path.",
    NotADirectoryError: "One part of the path is a file and no folder; choose another one.",
    IsADirectoryError: "This is a folder; name a file in it.",
    FileExistsError: "Name another place, or move away what is there.",
}
"""What the operating system refuses because of what was asked for."""


def explain(error: Exception) -> int:
    """Print what a person needs to know about an error, and return the exit code.

    A defect of operando is said to be one; its traceback goes into a file, so that it is not lost with the terminal.
    """
    console = Console(stderr=True, highlight=False)
    if isinstance(error, DocumentError):
        _print(console, _heading(error), _problems(error))
        return WRONG_INPUT
    if isinstance(error, OperandoError):
        _print(console, error.what, _rows(error.where, error.remedy))
        return WRONG_INPUT if isinstance(error, ConfigMismatch) else RUN_FAILED
    if isinstance(error, OSError):
        place = str(error.filename) if error.filename is not None else ""
        remedy = next((remedy for kind, remedy in REFUSALS.items() if isinstance(error, kind)), "")
        _print(console, f"the computer refused: {error.strerror or error}", _rows(place, remedy))
        return WRONG_INPUT if remedy else RUN_FAILED
    what = f"this is a defect of operando: {type(error).__name__}: {error}"
    _print(console, what, _rows(_kept(error), "Report it with the file named here; --debug shows the same at once."))
    return RUN_FAILED


def _heading(error: DocumentError) -> str:
    files = list(dict.fromkeys(problem.file for problem in error.problems))
    count = len(error.problems)
    return f"{', '.join(files)} cannot be used" + (f": {count} problems" if count > 1 else "")


def _problems(error: DocumentError) -> Iterator[tuple[str, str]]:
    one_file = len({problem.file for problem in error.problems}) == 1
    told: set[str] = set()
    for problem in error.problems[:MOST_PROBLEMS]:
        line = f"line {problem.line}" if problem.line else ""
        place = line if one_file else f"{problem.file} {line}"
        text = f"{problem.where}: {problem.what}" if problem.where else problem.what
        what, allowed, words = text.partition("llowed here: ")
        if words in told:
            text = what[:-1].rstrip(" ;") + ("" if what.endswith("? A") else "; the same is allowed")
        elif allowed:
            told.add(words)
        yield place, text
    if (more := len(error.problems) - MOST_PROBLEMS) > 0:
        yield "", f"and {more} more"


def _rows(where: str, remedy: str) -> Iterator[tuple[str, str]]:
    if where:
        yield "where", where
    if remedy:
        yield "do", remedy


def _print(console: Console, what: str, rows: Iterator[tuple[str, str]]) -> None:
    console.print(Text.assemble(("error: ", "bold red"), what), soft_wrap=not console.is_terminal)
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, text in rows:
        table.add_row(name, Text(text))
    if table.row_count:
        console.print(Padding(table, (0, 0, 0, 2)))


def _kept(error: Exception) -> str:
    """Where the traceback was written."""
    with tempfile.NamedTemporaryFile(
        "w", prefix="operando-defect-", suffix=".txt", delete=False, encoding="utf-8"
    ) as file:
        file.writelines(traceback.format_exception(error))
    return file.name
