"""What a Keller 33X says, as readings: faults are data, not errors (Keller series 30 protocol 3.5)."""

import math
import struct
from collections.abc import Sequence

from operando.drivers.roles import Quality

__all__ = ["PRESSURE_FAULTS", "TEMPERATURE_FAULTS", "describe_status", "float_quality", "register_float"]

POWER_UP = 0x80
PRESSURE_FAULTS = POWER_UP | 0x02
TEMPERATURE_FAULTS = POWER_UP | 0x10

STATUS_BITS = {
    0x80: "power-up mode",
    0x40: "analogue output",
    0x20: "temperature of sensor 2",
    0x10: "temperature of sensor 1",
    0x08: "temperature",
    0x04: "pressure 2",
    0x02: "pressure 1",
    0x01: "calculated channel",
}


def register_float(registers: Sequence[int]) -> float:
    """Two registers as a single-precision number, high word first."""
    return float(struct.unpack(">f", struct.pack(">HH", *registers))[0])


def float_quality(value: float) -> Quality:
    """Not a number: the channel is off; plus and minus infinity: over and under range."""
    if math.isnan(value):
        return Quality.OFF
    if math.isinf(value):
        return Quality.OVER if value > 0 else Quality.UNDER
    return Quality.OK


def describe_status(status: int) -> str:
    """The bits of the status byte that are set, in words; empty if none is."""
    return ", ".join(word for bit, word in STATUS_BITS.items() if status & bit)
