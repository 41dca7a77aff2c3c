"""Literals of the script language: integers with an SI prefix, and no decimal point (sheet 1.5)."""

import re

__all__ = ["looks_like_literal", "parse_literal"]

_DECIMAL = re.compile(r"([+-]?\d+)([afpnumkMGTPEi]?)\Z")
_HEXADECIMAL = re.compile(r"0x([0-9A-Fa-f]+)i?\Z")
_BINARY = re.compile(r"0b([01]+)i?\Z")
_EXPONENTS = dict(zip("afpnumkMGTPE", (-18, -15, -12, -9, -6, -3, 3, 6, 9, 12, 15, 18), strict=True))
_INTEGER_LIMIT = 1 << 32


def looks_like_literal(text: str) -> bool:
    """Whether a word begins as a literal, right or wrong."""
    return text[:1].isdigit() or text[:1] in ("+", "-")


def parse_literal(text: str) -> float | None:
    """The value of a literal: `int` for `10i`, `0x..` and `0b..`, else `float`; None if it is not well formed."""
    for pattern, base in ((_HEXADECIMAL, 16), (_BINARY, 2)):
        if match := pattern.match(text):
            return _integer(int(match[1], base))
    match = _DECIMAL.match(text)
    if match is None:
        return None
    digits, suffix = int(match[1]), match[2]
    if suffix == "i":
        return _integer(digits)
    exponent = _EXPONENTS.get(suffix, 0)
    # one division or multiplication by an exact power gives the double that is nearest to the decimal number
    return digits / 10**-exponent if exponent < 0 else float(digits * 10**exponent)


def _integer(value: int) -> int | None:
    return value if abs(value) < _INTEGER_LIMIT else None
