"""Data packages of a MethodSCRIPT instrument: `Pda7F85F3Fu;ba48D503Dp,10,288`.

A variable is two letters of type, seven hexadecimal digits offset by 2**27, an SI prefix, and metadata, of which
`1` + one digit is a status mask (MethodSCRIPT, encoding of data packages).
"""

import math
import re
from typing import NamedTuple

from operando.drivers.errors import FramingError
from operando.drivers.roles import SampleQuality

__all__ = ["Variable", "decode_package"]

OFFSET = 1 << 27
NOT_A_NUMBER = b"     nan"

# A multiplier and a divisor, both exact as floats, so that 4.2 V arrives as 4.2 and not one bit beside it.
SCALES: dict[bytes, tuple[float, float]] = {b"i": (1.0, 1.0), b" ": (1.0, 1.0)} | {
    prefix.to_bytes(1, "big"): scale
    for exponent, large, small in zip(range(3, 21, 3), b"kMGTPE", b"munpfa", strict=True)
    for prefix, scale in ((large, (10.0**exponent, 1.0)), (small, (1.0, 10.0**exponent)))
}

VARIABLE = rb"[a-z]{2}(?:[0-9A-F]{7}[afpnum kMGTPEi]|     nan)(?:,[0-9A-Fa-f]+)*"
PACKAGE = re.compile(rb"P" + VARIABLE + rb"(?:;" + VARIABLE + rb")*")


class Variable(NamedTuple):
    """One variable of a package.

    Args:
        kind: two letters, for instance `ab` (measured potential) or `eb` (time).
        value: in SI units; NaN if the instrument says so.
        resolution: the smallest difference that could be told with this prefix, in the same unit.
        quality: the instrument's status mask; the bits are those of the role.
    """

    kind: bytes
    value: float
    resolution: float
    quality: int


def decode_package(line: bytes) -> list[Variable]:
    """The variables of one line.

    Args:
        line: without its line feed.

    Raises:
        FramingError: if the line is no data package.
    """
    if PACKAGE.fullmatch(line) is None:
        raise FramingError(f"no data package: {line[:128]!r}")
    return [_variable(token) for token in line[1:].split(b";")]


def _variable(token: bytes) -> Variable:
    quality = _status(token) if len(token) > 10 else 0
    if token[2:10] == NOT_A_NUMBER:
        return Variable(token[:2], math.nan, 0.0, quality | SampleQuality.NOT_A_NUMBER.value)
    multiplier, divisor = SCALES[token[9:10]]
    return Variable(token[:2], (int(token[2:9], 16) - OFFSET) * multiplier / divisor, multiplier / divisor, quality)


def _status(token: bytes) -> int:
    """Metadata with other identifiers (range, noise) or of another length is not about quality."""
    for metadata in token[11:].split(b","):
        if len(metadata) == 2 and metadata[:1] == b"1":
            return int(metadata[1:], 16)
    return 0
