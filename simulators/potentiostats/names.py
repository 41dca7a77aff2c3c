"""The names that a script has declared."""

import re

from operando.simulators.potentiostats.errors import ErrorCode
from operando.simulators.potentiostats.syntax import Word
from operando.simulators.potentiostats.variables import Array, Variable

__all__ = ["Names"]

_NAME = re.compile(r"[a-z][a-z0-9_]*\Z")


class Names:
    """Variables and arrays by name, in the order of their declaration."""

    def __init__(self) -> None:
        self._declared: dict[str, Variable | Array] = {}

    def declare(self, word: Word, what: Variable | Array) -> None:
        """Declare a variable or an array.

        Raises:
            ScriptRefused: 402B for a bad name, 4026 if it exists.
        """
        if not _NAME.match(word.text):
            raise word.refused(ErrorCode.BAD_NAME)
        if word.text in self._declared:
            raise word.refused(ErrorCode.VARIABLE_EXISTS)
        self._declared[word.text] = what

    def find(self, name: str, word: Word) -> Variable | Array:
        """What a name stands for.

        Raises:
            ScriptRefused: 4208 if it can be no name, 420B if it is not declared; both at the word.
        """
        if not _NAME.match(name):
            raise word.refused(ErrorCode.BAD_REFERENCE)
        if name not in self._declared:
            raise word.refused(ErrorCode.UNDECLARED)
        return self._declared[name]
