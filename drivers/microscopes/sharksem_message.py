"""SharkSEM messages: a header of 32 bytes and a body. Pure functions of bytes.

Everything is little-endian (SharkRemote 2.0.25, chapter "Message Structure").
"""

import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntFlag

from operando.drivers.errors import FramingError

__all__ = [
    "HEADER_SIZE",
    "Argument",
    "Body",
    "Header",
    "Subsystem",
    "decode_header",
    "encode_body",
    "encode_message",
    "enumerated",
    "in_si",
]

Argument = int | float
"""An `int` goes out as four bytes, a `float` as text."""

_HEADER = struct.Struct("<16sIIHHI")
HEADER_SIZE = _HEADER.size
LARGEST_BODY = 1 << 26
LONGEST_COMMAND = 15
NO_WAIT_FLAGS = 0
"""A command with wait flags would hold up all those behind it."""
PRECISION = 10
"""Significant digits of a float on the wire: what TESCAN's own server writes."""


class Subsystem(IntFlag):
    """Parts of the microscope that can be busy: the mask of `IsBusy`."""

    SCAN = 0x0100
    OPTICS = 0x0400
    PROCEDURE = 0x0800


@dataclass(frozen=True, slots=True)
class Header:
    """The fixed part of a message. A reply echoes the identifier of its request."""

    command: str
    body_size: int
    identifier: int


def encode_message(command: str, body: bytes = b"", *, identifier: int = 0) -> bytes:
    """A whole message.

    Args:
        command: case sensitive, at most 15 ASCII characters.
        body: as `encode_body` makes it.
        identifier: echoed by the reply.
    """
    name = command.encode("ascii")
    if len(name) > LONGEST_COMMAND:
        raise ValueError(f"{command!r} is longer than a SharkSEM command can be")
    return _HEADER.pack(name, len(body), identifier, NO_WAIT_FLAGS, 0, 0) + body


def in_si(value: float, per_si: float) -> float:
    """A value from the wire in SI units, so that 0.12 mm is 0.00012 m and not its binary neighbour.

    Args:
        value: as it was sent, with ten digits.
        per_si: units on the wire in one SI unit.
    """
    return float(f"{value / per_si:.{PRECISION}g}")


def decode_header(data: bytes | memoryview, source: str = "") -> Header:
    """The first 32 bytes of a message; `source` says who sent it, for errors.

    Raises:
        FramingError: if they are no header.
    """
    name, body_size, identifier, _flags, _queue, _reserved = _HEADER.unpack_from(data)
    command: bytes = name.partition(b"\0")[0]
    if not command.isalnum() or len(command) > LONGEST_COMMAND or body_size > LARGEST_BODY:
        raise FramingError(
            f"these bytes are no SharkSEM header: {bytes(data[:HEADER_SIZE])!r}",
            where=source,
            remedy="Check that the address is a SharkSEM server; the link is opened anew at the next try.",
        )
    return Header(command.decode("ascii"), body_size, identifier)


def encode_body(*arguments: Argument) -> bytes:
    """Arguments from left to right; floats as TESCAN's own client writes them."""
    return b"".join(_float(value) if isinstance(value, float) else _integer(value) for value in arguments)


def _integer(value: int) -> bytes:
    return (value & 0xFFFFFFFF).to_bytes(4, "little")


def _float(value: float) -> bytes:
    if not math.isfinite(value):
        raise ValueError(f"{value} cannot be sent to a microscope")
    text = repr(float(f"{value:.{PRECISION}g}")).encode("ascii") + b"\0"
    padded = text + bytes(-len(text) % 4)
    return len(padded).to_bytes(4, "little") + padded


class Body:
    """Reads the body of a reply from left to right: the return value first, then the out arguments.

    Args:
        data: the body.
        source: what it answers and who sent it, for errors.
    """

    def __init__(self, data: bytes | memoryview, source: str = "") -> None:
        self._data = memoryview(data)
        self._at = 0
        self._source = source

    def __len__(self) -> int:
        """Bytes that are not read yet."""
        return len(self._data) - self._at

    def integer(self) -> int:
        """A signed integer of four bytes."""
        return int.from_bytes(self._take(4), "little", signed=True)

    def unsigned(self) -> int:
        """An unsigned integer of four bytes."""
        return int.from_bytes(self._take(4), "little")

    def octets(self) -> memoryview:
        """An array: its length in bytes, the bytes, and padding to a multiple of four."""
        size = self.unsigned()
        data = self._take(size)
        self._at = min(self._at + (-size % 4), len(self._data))
        return data

    def text(self) -> str:
        """A string. Cut at the first NUL: fixed buffers carry NULs or rubbish behind it."""
        return bytes(self.octets()).partition(b"\0")[0].decode("latin-1")

    def real(self) -> float:
        """A float, sent as text in a buffer of exact, padded or fixed length."""
        text = self.text()
        if "#" in text:  # the Microsoft C library writes 1.#QNAN, -1.#IND and 1.#INF
            return math.nan if "INF" not in text else -math.inf if text.startswith("-") else math.inf
        try:
            return float(text)
        except ValueError as error:
            raise FramingError(f"{text!r} is no number", where=self._source) from error

    def mapping(self) -> dict[str, str]:
        """A string of lines `key=value`."""
        lines = (line.partition("=") for line in self.text().splitlines())
        return {key.strip(): value.strip() for key, separator, value in lines if separator}

    def _take(self, size: int) -> memoryview:
        if size > len(self):
            raise FramingError(
                f"the reply is too short: {size} bytes wanted, {len(self)} left of {len(self._data)}",
                where=self._source,
            )
        taken = self._data[self._at : self._at + size]
        self._at += size
        return taken


def enumerated(mapping: Mapping[str, str], attribute: str) -> dict[int, str]:
    """One attribute of the things that an `...Enum...` reply lists, by their number (`det.0.name` is `name` of 0)."""
    found: dict[int, str] = {}
    for key, value in mapping.items():
        parts = key.split(".")
        if len(parts) == 3 and parts[1].isdecimal() and parts[2] == attribute:
            found[int(parts[1])] = value
    return found
