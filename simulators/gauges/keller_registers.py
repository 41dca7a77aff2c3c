"""The registers of a KELLER 33X (class.group 5.20, firmware 12.28), as its protocol description lists them."""

import math
import struct
from dataclasses import dataclass

__all__ = ["Measurement", "Registers"]

CHANNELS = ("difference", "pressure", "none", "none", "temperature", "none")
FAST_CHANNELS = ("pressure", "temperature", "none", "none")
FLOATS_AT, FAST_FLOATS_AT, INTEGERS_AT, LONGS_AT = 0x0000, 0x0100, 0x0010, 0x0020
NOT_ACTIVE = b"\xff\xff\xff\xff"
PRESSURE_ACTIVE = 0b0000_0010
TEMPERATURE_ACTIVE = 0b0001_0000
ABSOLUTE = 2


@dataclass(frozen=True, slots=True)
class Measurement:
    """What the transmitter measures now: bar, degrees Celsius, status byte."""

    pressure_bar: float
    temperature_C: float
    status: int = 0


class Registers:
    """Answers reads of one or more registers."""

    def __init__(self, serial: int, unit: int, range_bar: tuple[float, float]) -> None:
        self.serial = serial
        self.unit = unit
        self._range_bar = range_bar

    def read(self, start: int, count: int, measured: Measurement) -> bytes | None:
        """The bytes of some registers; None if the start is not defined or cuts a value in two.

        Registers past the end of what is defined read as zero.
        """
        memory = self._memory(measured)
        if start not in memory:
            return None
        data = b""
        address = start
        while address < start + count:
            value = memory.get(address, b"\x00\x00")
            data += value
            address += len(value) // 2
        return data[: 2 * count]

    def _memory(self, measured: Measurement) -> dict[int, bytes]:
        values = {
            "pressure": measured.pressure_bar,
            "difference": measured.pressure_bar,
            "temperature": measured.temperature_C,
        }
        memory: dict[int, bytes] = {}
        for index, name in enumerate(CHANNELS):
            memory[FLOATS_AT + 2 * index] = _float(values.get(name))
            memory[INTEGERS_AT + index] = _integer(values.get(name), 100.0, 16)
            memory[LONGS_AT + 2 * index] = _integer(values.get(name), 100.0 if name == "temperature" else 1e5, 32)
        for index, name in enumerate(FAST_CHANNELS):
            memory[FAST_FLOATS_AT + 2 * index] = _float(values.get(name))
        low, high = self._range_bar
        memory |= {
            0x0202: struct.pack(">I", self.serial),
            0x0204: struct.pack(">H", PRESSURE_ACTIVE),
            0x0205: struct.pack(">H", TEMPERATURE_ACTIVE),
            0x0209: struct.pack(">H", ABSOLUTE),
            0x020C: struct.pack(">H", measured.status),
            0x020D: struct.pack(">H", self.unit),
            0x020E: b"\x05\x14",
            0x020F: b"\x0c\x1c",
            0x03A0: struct.pack(">f", low),
            0x03A2: struct.pack(">f", high),
        }
        return memory


def _float(value: float | None) -> bytes:
    return NOT_ACTIVE if value is None else struct.pack(">f", value)


def _integer(value: float | None, scale: float, bits: int) -> bytes:
    """Fixed point; the largest number stands for no value and for overflow, the smallest for underflow."""
    largest = 2 ** (bits - 1) - 1
    if value is None or math.isnan(value):
        raw = largest
    else:
        raw = round(max(-largest - 1.0, min(float(largest), value * scale)))
    return int(raw).to_bytes(bits // 8, "big", signed=True)
