"""Numbers in a MethodSCRIPT: integers with an SI prefix, because the language has no decimal point."""

import math
from decimal import ROUND_HALF_EVEN, Context

__all__ = ["LARGEST_INTEGER", "integer_literal", "literal"]

LARGEST_INTEGER = 2**27 - 1
"""Integers of the instrument have 28 bits including their sign (MethodSCRIPT, encoding of values)."""

SIX_DIGITS = Context(prec=6, rounding=ROUND_HALF_EVEN)
PREFIXES = {18: "E", 15: "P", 12: "T", 9: "G", 6: "M", 3: "k", 0: "", -3: "m", -6: "u", -9: "n", -12: "p", -15: "f"}
SMALLEST_EXPONENT = -18


def literal(value: float) -> str:
    """A number to six significant digits, as short as it goes: 4.2 is `4200m`, 36000 is `36k`.

    Raises:
        ValueError: if the number is not finite, or too large for the language.
    """
    if not math.isfinite(value):
        raise ValueError(f"{value} cannot be written in a script")
    number = SIX_DIGITS.create_decimal(repr(float(value)))
    if not number:
        return "0"
    for exponent, prefix in PREFIXES.items():
        scaled = number.scaleb(-exponent)
        if scaled == scaled.to_integral_value():
            return f"{_within_range(int(scaled), value)}{prefix}"
    return f"{int(number.scaleb(-SMALLEST_EXPONENT).to_integral_value())}a"


def integer_literal(value: int) -> str:
    """A number of type integer: 12 is `12i`.

    Raises:
        ValueError: if it does not fit.
    """
    return f"{_within_range(value, value)}i"


def _within_range(integer: int, value: float) -> int:
    if abs(integer) > LARGEST_INTEGER:
        raise ValueError(f"{value} does not fit into a script")
    return integer
