"""Variables and arrays of a script."""

from dataclasses import dataclass

from operando.simulators.potentiostats.errors import ErrorCode, RuntimeFault

__all__ = ["Array", "Element", "Operand", "Variable", "is_variable_type"]


class Variable:
    """A value with its variable type (`ab`, `eb`) and the metadata of its measurement; 0 until it is stored.

    The value is an `int` for integers of the script (`10i`), else a `float`. Literals are variables that no command
    can name.
    """

    __slots__ = ("kind", "suffix", "value")

    def __init__(self, value: float = 0.0, kind: str = "aa") -> None:
        self.value = value
        self.kind = kind
        self.suffix = ""

    def store(self, value: float, kind: str, suffix: str = "") -> None:
        """Take a new value."""
        self.value = value
        self.kind = kind
        self.suffix = suffix


@dataclass(frozen=True, slots=True)
class Array:
    """An array of variables."""

    elements: tuple[Variable, ...]


class Element:
    """An element of an array whose index is known only when the script runs; behaves like the variable it names."""

    __slots__ = ("_array", "_index")

    def __init__(self, array: Array, index: "Operand") -> None:
        self._array = array
        self._index = index

    def _found(self) -> Variable:
        index = self._index.value
        if not isinstance(index, int):
            raise RuntimeFault(ErrorCode.WRONG_DATATYPE)
        if not 0 <= index < len(self._array.elements):
            raise RuntimeFault(ErrorCode.ARRAY_INDEX)
        return self._array.elements[index]

    @property
    def value(self) -> float:
        return self._found().value

    @value.setter
    def value(self, value: float) -> None:
        self._found().value = value

    @property
    def kind(self) -> str:
        return self._found().kind

    @kind.setter
    def kind(self, kind: str) -> None:
        self._found().kind = kind

    @property
    def suffix(self) -> str:
        return self._found().suffix

    def store(self, value: float, kind: str, suffix: str = "") -> None:
        """Take a new value."""
        self._found().store(value, kind, suffix)


Operand = Variable | Element

_KINDS = {
    "a": "abcdefghistuvwxyz",
    "b": "ab",
    "c": "abcdefghijklmnopqrstuvwxyz",
    "d": "abcd",
    "e": "abcdefg",
    "h": "abcd",
    "i": "abcd",
    "j": "abcd",
}


def is_variable_type(text: str) -> bool:
    """Whether a text is one of the vendor's two-letter variable types (sheet 1.4)."""
    return len(text) == 2 and text[1] in _KINDS.get(text[0], "")
