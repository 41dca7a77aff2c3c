"""Frames of Modbus RTU, written from the definition of the checksum."""

__all__ = ["crc", "rtu"]


def crc(data: bytes) -> bytes:
    """CRC-16 of Modbus: polynomial 0xA001, start 0xFFFF, low byte first."""
    value = 0xFFFF
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (0xA001 if value & 1 else 0)
    return value.to_bytes(2, "little")


def rtu(text: str) -> bytes:
    """A frame from the bytes before its checksum, in hexadecimal."""
    data = bytes.fromhex(text)
    return data + crc(data)
