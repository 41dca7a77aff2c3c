"""Modbus RTU as an instrument hears it: frames out of bytes, checksums in both orders of bytes.

Written from the KELLER description of the Series 30 protocol (version 3.5) and the Modbus application protocol, not
from any client, so that driver and simulator can only meet on the wire.
"""

import struct
from collections.abc import Iterator
from enum import IntEnum

__all__ = ["Frames", "Function", "checksum", "keller_bus_frame", "modbus_frame"]


class Function(IntEnum):
    """Functions of Modbus that the transmitter knows."""

    READ_HOLDING = 3
    WRITE_ONE = 6
    ECHO = 8
    WRITE_MANY = 16


KELLER_BUS_LENGTHS = {30: 5, 31: 9, 32: 5, 33: 6, 48: 4, 66: 5, 69: 4, 73: 5, 74: 5, 95: 5, 100: 5}
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


class Frames:
    """Cuts frames out of what arrives. A pause inside a frame, or a wrong checksum, makes it silently vanish."""

    def __init__(self, longest_gap_s: float) -> None:
        self._longest_gap_s = longest_gap_s
        self._bytes = b""
        self._last_s = 0.0

    def feed(self, data: bytes, now: float) -> Iterator[tuple[bytes, bool]]:
        """Payloads without checksum, each with whether it came as Modbus (else: KELLER bus)."""
        if now - self._last_s > self._longest_gap_s:
            self._bytes = b""
        self._last_s = now
        self._bytes += data
        while len(self._bytes) >= 4 and (length := self._length()) <= len(self._bytes):
            frame, self._bytes = self._bytes[:length], self._bytes[length:]
            payload, received = frame[:-2], frame[-2:]
            if modbus_frame(payload)[-2:] == received:
                yield payload, True
            elif keller_bus_frame(payload)[-2:] == received:
                yield payload, False
            else:
                self._bytes = b""  # out of step: whatever follows is lost until the line is silent

    def _length(self) -> int:
        function = self._bytes[1]
        if function == Function.WRITE_MANY:
            return 9 + self._bytes[6] if len(self._bytes) > 6 else len(self._bytes) + 1
        return KELLER_BUS_LENGTHS.get(function, 8)
