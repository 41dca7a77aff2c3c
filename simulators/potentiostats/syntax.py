"""Lines of a script, cut into words that know their columns."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from operando.simulators.potentiostats.errors import ErrorCode, ScriptRefused

__all__ = ["Command", "Word", "read_commands", "split_words"]

# a string, a name with arguments in brackets (`nscans(3)`), a bare word
_WORD = re.compile(r'\s*(f?"[^"]*"|[A-Za-z_]\w*\([^()"#]*\)|[^\s"()#]+)')
_REST = re.compile(r"\s*(?:#.*)?\Z")


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a script; `column` counts from 1, `end` is the column behind it, where the parser then stands."""

    text: str
    line: int
    column: int

    @property
    def end(self) -> int:
        return self.column + len(self.text)

    def refused(self, code: ErrorCode) -> ScriptRefused:
        """The error that this word is the reason of."""
        return ScriptRefused(code, self.line, self.end)


@dataclass(frozen=True, slots=True)
class Command:
    """One command with its arguments."""

    name: Word
    arguments: tuple[Word, ...]

    @property
    def line(self) -> int:
        return self.name.line

    @property
    def end(self) -> int:
        """The column behind the last word."""
        return (self.arguments or (self.name,))[-1].end


def split_words(text: str, line: int, column: int = 1) -> tuple[Word, ...]:
    """The words of a text that begins in a column.

    Raises:
        ScriptRefused: 4004 at a character that begins no word.
    """
    words: list[Word] = []
    position = 0
    while not _REST.match(text, position):
        match = _WORD.match(text, position)
        if match is None:
            behind = len(text) - len(text[position:].lstrip()) + 1
            raise ScriptRefused(ErrorCode.UNEXPECTED_CHARACTER, line, column + behind)
        words.append(Word(match[1], line, column + match.start(1)))
        position = match.end()
    return tuple(words)


def read_commands(lines: Sequence[str]) -> list[Command]:
    """The commands of a script; comments and lines without a command are left out.

    Raises:
        ScriptRefused: 4004 at an unexpected character.
    """
    commands: list[Command] = []
    for number, text in enumerate(lines, start=1):
        words = split_words(text, number)
        if words:
            commands.append(Command(words[0], words[1:]))
    return commands
