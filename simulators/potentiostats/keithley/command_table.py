"""Finds the command that a header means: long and short forms, optional nodes, numbers at the end of nodes."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from operando.simulators.potentiostats.keithley.scpi_error import ScpiError

__all__ = ["Call", "CommandTable", "Handler"]


@dataclass(frozen=True, slots=True)
class Call:
    """One command or query as its handler gets it.

    Args:
        words: what stood where the pattern leaves a choice, in capitals.
        arguments: as written.
        query: whether it is a query.
        now: world time.
    """

    words: tuple[str, ...]
    arguments: tuple[str, ...]
    query: bool
    now: float

    def argument(self, index: int = 0) -> str:
        """An argument that must be there.

        Raises:
            ScpiError: -109 if it is missing.
        """
        if index >= len(self.arguments):
            raise ScpiError(-109)
        return self.arguments[index]

    def or_else(self, index: int, otherwise: str) -> str:
        """An argument that may be left out."""
        return self.arguments[index] if index < len(self.arguments) else otherwise


Handler = Callable[[Call], str | None]

TOKENS = re.compile(r"[A-Za-z]+|<n>|.")
SIGNS = {"[": "(?:", "]": ")?", "{": "(", "}": ")", "|": "|", "<n>": r"(\d+)?"}


class CommandTable:
    """Patterns as manuals write them: `:SOURce[1]:{CURRent|VOLTage}[:LEVel]`; `<n>` is a number, 1 if left out."""

    def __init__(self) -> None:
        self._entries: list[tuple[re.Pattern[str], Handler, bool, bool]] = []
        self._found: dict[tuple[str, bool], tuple[Handler, tuple[str, ...]]] = {}

    def add(self, pattern: str, handler: Handler, *, sets: bool = True, tells: bool = True) -> None:
        """Add a command; it may be a command, a query, or both."""
        self._entries.append((_compiled(pattern), handler, sets, tells))

    def find(self, header: str, *, query: bool) -> tuple[Handler, tuple[str, ...]]:
        """The handler of a header, and the words where its pattern leaves a choice.

        Raises:
            ScpiError: -113 if there is none.
        """
        key = (header, query)
        if key not in self._found:
            self._found[key] = self._search(header, query=query)
        return self._found[key]

    def _search(self, header: str, *, query: bool) -> tuple[Handler, tuple[str, ...]]:
        for pattern, handler, sets, tells in self._entries:
            found = pattern.fullmatch(header if header.startswith("*") else f":{header}")
            if found is not None and (tells if query else sets):
                return handler, tuple(word or "1" for word in found.groups())
        raise ScpiError(-113)


def _compiled(pattern: str) -> "re.Pattern[str]":
    return re.compile("".join(_expression(token) for token in TOKENS.findall(pattern)))


def _expression(token: str) -> str:
    if token[0].isalpha():
        short = "".join(letter for letter in token if not letter.islower())
        return f"(?:{short}|{token.upper()})"
    return SIGNS.get(token, re.escape(token))
