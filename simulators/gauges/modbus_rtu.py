"""Modbus RTU and KELLER bus as an instrument hears them: frames out of bytes, checksums in both orders of bytes.

Written from the KELLER description of the Series 30 protocol (version 3.5) and the Modbus application protocol, not
from any client, so that driver and simulator can only meet on the wire.
"""

import struct
from collections.abc import Iterator
from enum import IntEnum
from typing import Protocol

__all__ = ["Frames", "Function", "checksum", "keller_bus_frame", "modbus_frame"]


class Function(IntEnum):
    """Functions of Modbus that some of the transmitters know."""

    READ_HOLDING = 3
    READ_INPUT = 4
    WRITE_ONE = 6
    ECHO = 8
    WRITE_MANY = 16


MODBUS_LENGTH = 8
KELLER_BUS_LENGTHS: dict[int, tuple[int, ...]] = {
    30: (5,),
    31: (9,),
    32: (5,),
    33: (6,),
    48: (4,),
    66: (5,),
    69: (4,),
    73: (5,),
    74: (5,),
    95: (5, 9),  # without and with a set point
    100: (5,),
}
"""Whole frame, by function: address, function, data, two bytes of checksum."""


def checksum(data: bytes) -> int:
    """CRC-16 with polynomial 0xA001, starting at 0xFFFF."""
    crc = 0xFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ 0xA001 if crc & 1 else crc >> 1
    return crc


def modbus_frame(payload: bytes) -> bytes:
    """A payload with the checksum of Modbus, low byte first."""
    return payload + struct.pack("<H", checksum(payload))


def keller_bus_frame(payload: bytes) -> bytes:
    """A payload with the checksum of the KELLER bus, high byte first."""
    return payload + struct.pack(">H", checksum(payload))


class _Gaps(Protocol):
    """How long a pause inside a frame may be."""

    longest_gap_s: float


class Frames:
    """Cuts frames out of what arrives. A pause inside a frame, or a wrong checksum, makes it silently vanish.

    The function tells the protocol, and so the order of the bytes in the checksum.
    """

    def __init__(self, settings: _Gaps) -> None:
        self._settings = settings
        self._bytes = b""
        self._last_s = 0.0
        self._out_of_step = False

    def feed(self, data: bytes, now: float) -> Iterator[tuple[bytes, bool]]:
        """Payloads without checksum, each with whether it came as Modbus (else: KELLER bus)."""
        if now - self._last_s > self._settings.longest_gap_s:
            self._bytes, self._out_of_step = b"", False
        self._last_s = now
        self._bytes += data
        while not self._out_of_step and len(self._bytes) >= 2:
            lengths = self._lengths()
            if lengths is None or len(self._bytes) < lengths[0]:
                return
            modbus = self._bytes[1] not in KELLER_BUS_LENGTHS
            length = next((length for length in lengths if self._is_frame(length, modbus)), None)
            if length is not None:
                payload, self._bytes = self._bytes[: length - 2], self._bytes[length:]
                yield payload, modbus
            elif len(self._bytes) < lengths[-1]:
                return
            else:
                self._out_of_step = True  # whatever follows is lost until the line is silent

    def _lengths(self) -> tuple[int, ...] | None:
        """How long the frame can be; None if that is not known yet."""
        function = self._bytes[1]
        if function == Function.WRITE_MANY:
            return (9 + self._bytes[6],) if len(self._bytes) > 6 else None
        return KELLER_BUS_LENGTHS.get(function, (MODBUS_LENGTH,))

    def _is_frame(self, length: int, modbus: bool) -> bool:
        frame = self._bytes[:length]
        return frame == (modbus_frame if modbus else keller_bus_frame)(frame[:-2])
