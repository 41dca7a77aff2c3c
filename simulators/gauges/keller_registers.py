"""The registers of a KELLER 33X (class.group 5.20, firmware 12.28), as its protocol description lists them."""

import math
import struct

from operando.simulators.gauges.keller_transmitter import Measurement, Transmitter

__all__ = ["CLASS_GROUP_YEAR_WEEK", "PRESSURE_ACTIVE", "float_bytes", "long_bytes", "read_registers"]

CHANNELS = ("none", "pressure", "none", "none", "temperature", "none")
"""CH0, P1, P2, T, TOB1, TOB2: one pressure sensor, and its temperature."""
FAST_CHANNELS = ("pressure", "temperature", "none", "none")

FLOATS_AT, FAST_FLOATS_AT, INTEGERS_AT, LONGS_AT, COEFFICIENTS_AT = 0x0000, 0x0100, 0x0010, 0x0020, 0x0300
NOT_A_NUMBER = b"\xff\xff\xff\xff"
PRESSURE_ACTIVE = 0b0000_0010
TEMPERATURE_ACTIVE = 0b0001_0000
ABSOLUTE = 2
CLASS_GROUP_YEAR_WEEK = bytes((5, 20, 12, 28))
PASCAL, HUNDREDTH = 1e5, 100.0


def read_registers(start: int, count: int, transmitter: Transmitter, measured: Measurement) -> bytes | None:
    """The bytes of some registers; None if no value begins at the first one.

    Registers past the end of what is defined read as zero.
    """
    memory = _memory(transmitter, measured)
    if start not in memory:
        return None
    data = b""
    while len(data) < 2 * count:
        data += memory.get(start + len(data) // 2, b"\x00\x00")
    return data[: 2 * count]


def float_bytes(value: float) -> bytes:
    """Single precision, high byte first; what is no number has all bits set."""
    return NOT_A_NUMBER if math.isnan(value) else struct.pack(">f", value)


def long_bytes(value: float, scale: float) -> bytes:
    """Fixed point in 32 bits; the largest number stands for no value and for overflow, the smallest for underflow."""
    return _integer(value, scale, 32)


def _memory(transmitter: Transmitter, measured: Measurement) -> dict[int, bytes]:
    values = {"pressure": measured.pressure_bar, "temperature": measured.temperature_C, "none": math.nan}
    memory: dict[int, bytes] = {}
    for index, name in enumerate(CHANNELS):
        memory[FLOATS_AT + 2 * index] = float_bytes(values[name])
        memory[INTEGERS_AT + index] = _integer(values[name], HUNDREDTH, 16)
        memory[LONGS_AT + 2 * index] = long_bytes(values[name], PASCAL if name == "pressure" else HUNDREDTH)
    for index, name in enumerate(FAST_CHANNELS):
        memory[FAST_FLOATS_AT + 2 * index] = float_bytes(values[name])
    for number, value in transmitter.coefficients().items():
        memory[COEFFICIENTS_AT + 2 * number] = float_bytes(value)
    high, low = divmod(transmitter.settings.serial, 1 << 16)
    words = {
        0x0200: 0,  # 9600 baud, no parity
        0x0202: high,
        0x0203: low,
        0x0204: PRESSURE_ACTIVE,
        0x0205: TEMPERATURE_ACTIVE,
        0x0209: ABSOLUTE,
        0x020C: measured.status,
        0x020D: transmitter.unit,
    }
    memory |= {address: word.to_bytes(2, "big") for address, word in words.items()}
    return memory | {0x020E: CLASS_GROUP_YEAR_WEEK[:2], 0x020F: CLASS_GROUP_YEAR_WEEK[2:]}


def _integer(value: float, scale: float, bits: int) -> bytes:
    largest = (1 << (bits - 1)) - 1
    if math.isnan(value):
        raw = largest
    elif math.isinf(value):
        raw = largest if value > 0 else -largest - 1
    else:
        raw = max(-largest - 1, min(largest, round(value * scale)))
    return raw.to_bytes(bits // 8, "big", signed=True)
