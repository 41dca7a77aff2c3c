"""SharkSEM messages as the microscope's server reads and writes them (SharkRemote 2.0.25, "Message Structure").

A message is a header of 32 bytes and a body, little-endian. Numbers with a decimal point travel as text.
"""

import random
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from operando.simulators.microscopes.faults import MicroscopeFaults

__all__ = ["Buffer", "Inbox", "Request", "Value", "encode_values", "image_message", "reply_message"]

_HEADER = struct.Struct("<16sIIHHI")
_IMAGE = struct.Struct("<IiIiI")
_UNDEFINED_FLAGS = 0x80FC
_FLOAT_BUFFER = 24
_LARGEST_BODY = 1 << 20


@dataclass(frozen=True, slots=True)
class Request:
    """A message from a client. `flags` are those of the header; `queue` and `identity` are echoed in the reply."""

    name: str
    identity: int
    flags: int
    queue: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Buffer:
    """A string that the server sends in a buffer of fixed size."""

    text: str
    size: int


Value: TypeAlias = int | float | str | Buffer


class Inbox:
    """Cuts the stream from one client into requests; what is no message is dropped without a word."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    def put(self, data: bytes) -> None:
        """Bytes arrived."""
        self._bytes += data

    def requests(self) -> Iterator[Request]:
        """Every request that is complete."""
        while len(self._bytes) >= _HEADER.size:
            command, size, identity, flags, queue, _ = _HEADER.unpack_from(self._bytes)
            if size > _LARGEST_BODY:
                self._bytes.clear()  # no server keeps so much: the stream is out of step for good
                return
            end = _HEADER.size + size
            if len(self._bytes) < end:
                return
            body = bytes(self._bytes[_HEADER.size : end])
            del self._bytes[:end]
            name = _command_name(command)
            if name and not flags & _UNDEFINED_FLAGS:
                yield Request(name, identity, flags, queue, body)


def _command_name(field: bytes) -> str:
    name, terminator, _ = field.partition(b"\0")
    return name.decode("ascii") if terminator and name.isascii() else ""


def reply_message(request: Request, body: bytes) -> bytes:
    """The reply to a request: the same name, identity and queue, no flags."""
    return _HEADER.pack(request.name.encode(), len(body), request.identity, 0, request.queue, 0) + body


def image_message(frame_id: int, channel: int, first_pixel: int, bits: int, pixels: bytes) -> bytes:
    """`ScData`: a piece of a picture on the data connection (SharkRemote 2.0.25, ScScanXY)."""
    body = _IMAGE.pack(frame_id, channel, first_pixel, bits, len(pixels)) + pixels + bytes(-len(pixels) % 4)
    return _HEADER.pack(b"ScData", len(body), 0, 0, 0, 0) + body


def encode_values(values: Sequence[Value], faults: MicroscopeFaults) -> bytes:
    """The body of a reply: the return value first, then the out arguments.

    Floats stand in buffers of 24 bytes, as TESCAN's server 3.2.9 sends them.
    """
    return b"".join(_encode(value, faults) for value in values)


def _encode(value: Value, faults: MicroscopeFaults) -> bytes:
    if isinstance(value, int):
        return struct.pack("<i", value) if value < 0 else struct.pack("<I", value)
    if isinstance(value, float):
        text = f"{value:.10g}"
        return _exact(text) if faults.exact_length_floats else _fixed(text, _FLOAT_BUFFER, faults)
    if isinstance(value, Buffer):
        return _fixed(value.text, value.size, faults)
    return _exact(value)


def _exact(text: str) -> bytes:
    data = text.encode("latin-1") + b"\0"
    return struct.pack("<I", len(data)) + data + bytes(-len(data) % 4)


def _fixed(text: str, size: int, faults: MicroscopeFaults) -> bytes:
    data = text.encode("latin-1")[: size - 1] + b"\0"
    rest = size - len(data)
    # An older firmware sends what its memory held behind the end of the string.
    filling = random.Random(text).randbytes(rest) if faults.garbage_after_strings else bytes(rest)
    return struct.pack("<I", size) + data + filling
