"""Packets of the Amptek DP5 family, as its programmer's guide (revision B1, chapters 3 and 4) describes them."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

__all__ = ["Acknowledge", "BadPacket", "Packet", "Packets", "packet_bytes"]

SYNC = b"\xf5\xfa"
OVERHEAD = 8
LARGEST_REQUEST_DATA = 512


class Acknowledge(IntEnum):
    """Second identifier of an acknowledge packet (FF/..)."""

    OK = 0x00
    BAD_SYNC = 0x01
    BAD_IDENTIFIER = 0x02
    BAD_LENGTH = 0x03
    BAD_CHECKSUM = 0x04
    BAD_PARAMETER = 0x05
    UNKNOWN_COMMAND = 0x07
    BUSY = 0x0D
    NOT_SUPPORTED = 0x10


@dataclass(frozen=True, slots=True)
class Packet:
    """A request: two identifiers and data."""

    identifiers: tuple[int, int]
    data: bytes


@dataclass(frozen=True, slots=True)
class BadPacket:
    """Bytes that are no request, and how that is acknowledged."""

    why: Acknowledge


def packet_bytes(first: int, second: int, data: bytes = b"") -> bytes:
    """A packet with its checksum: the sum of all bytes before it and the checksum itself is zero modulo 65536."""
    body = SYNC + bytes((first, second)) + struct.pack(">H", len(data)) + data
    return body + struct.pack(">H", -sum(body) & 0xFFFF)


class Packets:
    """Cuts requests out of datagrams or a serial stream."""

    def __init__(self) -> None:
        self._bytes = b""

    @property
    def unfinished(self) -> bool:
        """Whether a request has begun and not ended."""
        return bool(self._bytes)

    def feed(self, data: bytes) -> Iterator[Packet | BadPacket]:
        """Requests that are complete, and what was wrong with those that are not right."""
        self._bytes += data
        while self._bytes:
            start = self._bytes.find(SYNC)
            if start != 0:
                kept = self._bytes[-1:] if self._bytes.endswith(SYNC[:1]) else b""
                self._bytes = self._bytes[start:] if start > 0 else kept
                if start < 0:
                    if not kept:
                        yield BadPacket(Acknowledge.BAD_SYNC)
                    return
                yield BadPacket(Acknowledge.BAD_SYNC)
            if len(self._bytes) < OVERHEAD:
                return
            length = int.from_bytes(self._bytes[4:6], "big")
            if length > LARGEST_REQUEST_DATA:
                self._bytes = b""
                yield BadPacket(Acknowledge.BAD_LENGTH)
                return
            if len(self._bytes) < OVERHEAD + length:
                return
            packet, self._bytes = self._bytes[: OVERHEAD + length], self._bytes[OVERHEAD + length :]
            yield _checked(packet)

    def forget(self) -> None:
        """Drop an unfinished request."""
        self._bytes = b""


def _checked(packet: bytes) -> Packet | BadPacket:
    if (sum(packet[:-2]) + int.from_bytes(packet[-2:], "big")) & 0xFFFF:
        return BadPacket(Acknowledge.BAD_CHECKSUM)
    return Packet((packet[2], packet[3]), packet[6:-2])
