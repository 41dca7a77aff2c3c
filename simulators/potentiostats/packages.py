"""How values look on the wire: data packages (sheet 1.4).

A value is 7 hex digits, offset by 2^27, and an SI prefix; the instrument picks the finest prefix that fits 27 bits.
"""

from bisect import bisect_right

from operando.simulators.potentiostats.errors import ErrorCode, RuntimeFault
from operando.simulators.potentiostats.variables import Operand

__all__ = ["OVERLOAD", "OVERLOAD_WARNING", "TIMING_NOT_MET", "UNDERLOAD", "Package", "encode", "metadata"]

TIMING_NOT_MET, OVERLOAD, UNDERLOAD, OVERLOAD_WARNING = 1, 2, 4, 8
"""Bits of the status of a measured value."""

_OFFSET = 1 << 27
_PREFIXES = "afpnum kMGTPE"
_PER_UNIT = tuple(10.0 ** (18 - 3 * position) for position in range(len(_PREFIXES)))
_LIMITS = tuple((_OFFSET - 0.5) / per_unit for per_unit in _PER_UNIT)
_FORMATS = tuple("%07X" + prefix for prefix in _PREFIXES)


def encode(value: float) -> str:
    """The eight characters of a value: an `int` as an integer, a `float` with the finest prefix that fits.

    Raises:
        RuntimeFault: 4037 if the value does not fit.
    """
    if isinstance(value, int):
        if not -_OFFSET <= value < _OFFSET:
            raise RuntimeFault(ErrorCode.OVERFLOW)
        return f"{value + _OFFSET:07X}i"
    if value == 0.0:
        return "8000000 "
    if value != value:
        return "     nan"
    position = bisect_right(_LIMITS, abs(value))
    if position == len(_LIMITS):
        raise RuntimeFault(ErrorCode.OVERFLOW)
    return _FORMATS[position] % (round(value * _PER_UNIT[position]) + _OFFSET)


def metadata(status: int, range_index: int) -> str:
    """The metadata of a measured value: status bits and range index."""
    return f",1{status:X},2{range_index:02X}"


class Package:
    """The package that a script is putting together, from `pck_start` to `pck_end`."""

    def __init__(self, maximum_variables: int) -> None:
        self._maximum_variables = maximum_variables
        self._parts: list[str] | None = None

    def start(self) -> None:
        """Begin a package.

        Raises:
            RuntimeFault: 401B if the last one was not ended.
        """
        if self._parts is not None:
            raise RuntimeFault(ErrorCode.PACKAGE_SEQUENCE)
        self._parts = []

    def add(self, variable: Operand) -> None:
        """Append a variable with its type and metadata.

        Raises:
            RuntimeFault: 401B outside a package, 401C beyond the allowed number of variables.
        """
        parts = self._parts
        if parts is None:
            raise RuntimeFault(ErrorCode.PACKAGE_SEQUENCE)
        if len(parts) == self._maximum_variables:
            raise RuntimeFault(ErrorCode.TOO_MANY_PACKAGE_VARIABLES)
        parts.append(variable.kind + encode(variable.value) + variable.suffix)

    def end(self) -> str:
        """Close the package and give its line.

        Raises:
            RuntimeFault: 401B outside a package or for an empty one.
        """
        parts = self._parts
        if not parts:
            raise RuntimeFault(ErrorCode.PACKAGE_SEQUENCE)
        self._parts = None
        return "P" + ";".join(parts)
