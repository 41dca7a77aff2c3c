"""Commands that compute with variables, and comparisons.

Integers and floats do not mix (4207, 4041); whether the instrument would convert is not documented.
"""

import operator
from collections.abc import Callable
from functools import partial
from math import isfinite

from operando.simulators.potentiostats.arguments import Arguments
from operando.simulators.potentiostats.errors import ErrorCode, RuntimeFault
from operando.simulators.potentiostats.machine import Machine
from operando.simulators.potentiostats.syntax import Word
from operando.simulators.potentiostats.variables import Operand

__all__ = ["ARITHMETIC", "comparison"]

_INTEGER_LIMIT = 1 << 31


def _checked(target: Operand, value: float) -> None:
    if not -_INTEGER_LIMIT < value < _INTEGER_LIMIT:
        if isinstance(value, int):
            raise RuntimeFault(ErrorCode.OVERFLOW)
        if not isfinite(value):
            raise RuntimeFault(ErrorCode.NOT_A_NUMBER)
    target.value = value


def _require_same_type(target: Operand, operand: Operand) -> None:
    if target.value.__class__ is not operand.value.__class__:
        raise RuntimeFault(ErrorCode.WRONG_DATATYPE)


def _add(target: Operand, operand: Operand) -> None:
    _require_same_type(target, operand)
    _checked(target, target.value + operand.value)


def _subtract(target: Operand, operand: Operand) -> None:
    _require_same_type(target, operand)
    _checked(target, target.value - operand.value)


def _multiply(target: Operand, operand: Operand) -> None:
    _require_same_type(target, operand)
    _checked(target, target.value * operand.value)


def _divide(target: Operand, operand: Operand) -> None:
    _require_same_type(target, operand)
    dividend, divisor = target.value, operand.value
    if divisor == 0:
        raise RuntimeFault(ErrorCode.DIVISION_BY_ZERO)
    if isinstance(dividend, int) and isinstance(divisor, int):
        magnitude = abs(dividend) // abs(divisor)
        target.value = magnitude if (dividend < 0) == (divisor < 0) else -magnitude
    else:
        _checked(target, dividend / divisor)


def _bits(operation: Callable[[int, int], int]) -> Callable[[Operand, Operand], None]:
    def compute(target: Operand, operand: Operand) -> None:
        left, right = target.value, operand.value
        if not isinstance(left, int) or not isinstance(right, int):
            raise RuntimeFault(ErrorCode.WRONG_DATATYPE)
        target.value = operation(left, right)

    return compute


def _binary(operation: Callable[[Operand, Operand], None]) -> Callable[[Arguments, Machine], Callable[[], None]]:
    def build(arguments: Arguments, _: Machine) -> Callable[[], None]:
        return partial(operation, arguments.variable(), arguments.value())

    return build


def _copy(source: Operand, target: Operand) -> None:
    target.store(source.value, source.kind, source.suffix)


def _build_copy(arguments: Arguments, _: Machine) -> Callable[[], None]:
    return partial(_copy, arguments.variable(), arguments.variable())


def _build_store(arguments: Arguments, _: Machine) -> Callable[[], None]:
    return partial(arguments.variable().store, arguments.literal(), arguments.variable_type())


def _alter_kind(target: Operand, kind: str) -> None:
    target.kind = kind


def _build_alter_kind(arguments: Arguments, _: Machine) -> Callable[[], None]:
    return partial(_alter_kind, arguments.variable(), arguments.variable_type())


def _to_float(target: Operand) -> None:
    target.value = float(target.value)


def _to_int(target: Operand) -> None:
    target.value = int(target.value)


def _convert(operation: Callable[[Operand], None]) -> Callable[[Arguments, Machine], Callable[[], None]]:
    def build(arguments: Arguments, _: Machine) -> Callable[[], None]:
        return partial(operation, arguments.variable())

    return build


ARITHMETIC: dict[str, Callable[[Arguments, Machine], Callable[[], None]]] = {
    "store_var": _build_store,
    "copy_var": _build_copy,
    "add_var": _binary(_add),
    "sub_var": _binary(_subtract),
    "mul_var": _binary(_multiply),
    "div_var": _binary(_divide),
    "bit_and_var": _binary(_bits(operator.and_)),
    "bit_or_var": _binary(_bits(operator.or_)),
    "bit_xor_var": _binary(_bits(operator.xor)),
    "int_to_float": _convert(_to_float),
    "float_to_int": _convert(_to_int),
    "alter_vartype": _build_alter_kind,
}
"""Commands that take no time, by name."""

_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}


def _compare(compare: Callable[[float, float], bool], left: Operand, right: Operand) -> bool:
    a, b = left.value, right.value
    if a.__class__ is not b.__class__:
        raise RuntimeFault(ErrorCode.CANNOT_COMPARE)
    return compare(a, b)


def comparison(arguments: Arguments) -> Callable[[], bool]:
    """A condition `a >= b`, resolved once.

    Raises:
        ScriptRefused: if it is not of that form; `&` and `|` are not allowed behind it.
    """
    left = arguments.value()
    word: Word = arguments.word()
    compare = _COMPARISONS.get(word.text)
    if compare is None:
        raise word.refused(ErrorCode.UNEXPECTED_CHARACTER)
    condition = partial(_compare, compare, left, arguments.value())
    arguments.finish()
    return condition
