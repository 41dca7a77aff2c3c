"""The arguments of one command, taken in order and checked against what the command expects."""

from collections.abc import Iterable

from operando.simulators.potentiostats.errors import ErrorCode, ScriptRefused
from operando.simulators.potentiostats.literals import looks_like_literal, parse_literal
from operando.simulators.potentiostats.names import Names
from operando.simulators.potentiostats.syntax import Command, Word, split_words
from operando.simulators.potentiostats.variables import Array, Element, Operand, Variable, is_variable_type

__all__ = ["Arguments"]


class Arguments:
    """Takes the arguments of a command one after the other; each method refuses the script at the word that is wrong.

    All methods raise `ScriptRefused`; a missing argument is an unexpected end of line, 4004.
    """

    def __init__(self, words: tuple[Word, ...], line: int, end: int, names: Names) -> None:
        self._words = words
        self._line = line
        self._end = end
        self._names = names
        self._taken = 0

    @classmethod
    def of(cls, command: Command, names: Names) -> "Arguments":
        """The arguments of a command."""
        return cls(command.arguments, command.line, command.end, names)

    @property
    def last(self) -> Word:
        """The word that was taken last."""
        return self._words[self._taken - 1]

    def word(self) -> Word:
        """The next word, whatever it is."""
        if self._taken == len(self._words):
            raise ScriptRefused(ErrorCode.UNEXPECTED_CHARACTER, self._line, self._end)
        self._taken += 1
        return self.last

    def value(self) -> Operand:
        """A literal, a variable or an element of an array."""
        word = self.word()
        return self._literal(word) if looks_like_literal(word.text) else self._reference(word)

    def variable(self) -> Operand:
        """A variable or an element of an array, to be written to."""
        word = self.word()
        if looks_like_literal(word.text):
            raise word.refused(ErrorCode.LITERAL_NOT_ALLOWED)
        return self._reference(word)

    def literal(self) -> float:
        """A literal."""
        word = self.word()
        if not looks_like_literal(word.text):
            raise word.refused(ErrorCode.VARIABLE_NOT_ALLOWED)
        return self._literal(word).value

    def whole_number(self) -> int:
        """A literal that is a whole number, written with or without the suffix of integers."""
        value = self.literal()
        if int(value) != value:
            raise self.last.refused(ErrorCode.WRONG_DATATYPE)
        return int(value)

    def array(self) -> Array:
        """A whole array."""
        word = self.word()
        found = self._names.find(word.text, word)
        if isinstance(found, Variable):
            raise word.refused(ErrorCode.VARIABLE_NOT_ALLOWED)
        return found

    def variable_type(self, allowed: Iterable[str] | None = None, otherwise: ErrorCode | None = None) -> str:
        """A variable type; one of the allowed ones, else the given error."""
        word = self.word()
        if not is_variable_type(word.text):
            raise word.refused(ErrorCode.INVALID_VARIABLE_TYPE)
        if allowed is not None and word.text not in allowed:
            raise word.refused(otherwise or ErrorCode.UNSUPPORTED_VARIABLE_TYPE)
        return word.text

    def text(self) -> tuple[str, bool]:
        """A string without its quotes, and whether it is an f-string."""
        word = self.word()
        formatted = word.text.startswith('f"')
        if not formatted and not word.text.startswith('"'):
            raise word.refused(ErrorCode.UNEXPECTED_CHARACTER)
        return word.text[2 if formatted else 1 : -1], formatted

    def inserted(self, text: str) -> Operand:
        """What stands between the braces of an f-string."""
        return self._reference(Word(text.strip(), self._line, self._end - len(text.strip())))

    def optional(self, allowed: Iterable[str]) -> dict[str, "Arguments"]:
        """All remaining arguments, which must be optional ones such as `nscans(3)`."""
        found: dict[str, Arguments] = {}
        while self._taken < len(self._words):
            word = self.word()
            name, bracket, inner = word.text.partition("(")
            if not bracket:
                raise word.refused(ErrorCode.EXTRA_ARGUMENT)
            if name not in allowed or name in found:
                raise word.refused(ErrorCode.INVALID_OPTIONAL_ARGUMENT)
            words = split_words(inner[:-1], self._line, word.column + len(name) + 1)
            found[name] = Arguments(words, self._line, word.end - 1, self._names)
        return found

    def finish(self) -> None:
        """Refuse what is left over."""
        if self._taken < len(self._words):
            raise self._words[self._taken].refused(ErrorCode.EXTRA_ARGUMENT)

    def _literal(self, word: Word) -> Variable:
        value = parse_literal(word.text)
        if value is None:
            raise word.refused(ErrorCode.BAD_LITERAL)
        return Variable(value)

    def _reference(self, word: Word) -> Operand:
        name, bracket, index = word.text.partition("[")
        found = self._names.find(name, word)
        if isinstance(found, Variable):
            if bracket:
                raise word.refused(ErrorCode.BAD_ARRAY_ACCESS)
            return found
        if not bracket:
            raise word.refused(ErrorCode.ARRAY_NOT_ALLOWED)
        if not index.endswith("]") or len(index) < 2:
            raise word.refused(ErrorCode.BAD_ARRAY_ACCESS)
        return self._element(found, Word(index[:-1], word.line, word.column + len(name) + 1))

    def _element(self, array: Array, index: Word) -> Operand:
        if not looks_like_literal(index.text):
            return Element(array, self._reference(index))
        value = self._literal(index).value
        if value != int(value):
            raise index.refused(ErrorCode.WRONG_DATATYPE)
        if not 0 <= value < len(array.elements):
            raise index.refused(ErrorCode.ARRAY_INDEX)
        return array.elements[int(value)]
