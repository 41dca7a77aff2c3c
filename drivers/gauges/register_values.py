"""Registers as values: order of words and bytes, types, and codes that are no measurement."""

import math
import struct
from collections.abc import Sequence
from decimal import Decimal

from operando.drivers.gauges.register_map import Check, Quantity, Span, TextField
from operando.drivers.roles import Quality
from operando.drivers.units import units

__all__ = ["SiScale", "check_text", "field_text", "raw_quality", "raw_value"]

FORMATS = {"i16": ">h", "u16": ">H", "i32": ">i", "u32": ">I", "f32": ">f"}


def raw_bytes(span: Span, registers: Sequence[int]) -> bytes:
    """The bytes of a value, high one first."""
    ordered = registers if span.words == "high first" else registers[::-1]
    return b"".join(register.to_bytes(2, "little" if span.bytes_swapped else "big") for register in ordered)


def raw_value(span: Span, registers: Sequence[int]) -> float:
    """The number in some registers; of `bytes4`, that of the four bytes. Integers are exact."""
    data = raw_bytes(span, registers)
    if span.type == "bytes4":
        return int.from_bytes(data, "big")
    number: float = struct.unpack(FORMATS[span.type], data)[0]
    return number


def raw_quality(quantity: Quantity, raw: float) -> Quality:
    """Whether a raw value is a measurement: NaN is off, infinities are out of range, and so the map's own codes."""
    if math.isnan(raw):
        return Quality.OFF
    if math.isinf(raw):
        return Quality.OVER if raw > 0 else Quality.UNDER
    code = quantity.codes.get(int(raw)) if raw == int(raw) else None
    return Quality(code) if code else Quality.OK


class SiScale:
    """Turns values of a unit into SI, by a factor and an offset (degC), found once."""

    def __init__(self, unit: str, si_unit: str) -> None:
        zero, one = (units().Quantity(Decimal(number), unit).to(si_unit).magnitude for number in (0, 1))
        self._factor, self._offset = float(one - zero), float(zero)

    def __call__(self, value: float) -> float:
        return value * self._factor + self._offset


def field_text(field: TextField, registers: Sequence[int]) -> str:
    """A field of the identity as text."""
    value = raw_value(field, registers)
    if value in field.names:
        return field.names[int(value)]
    return (
        _written(field.written, raw_bytes(field, registers)) if field.type == "bytes4" else field.written.format(value)
    )


def check_text(check: Check, value: int) -> str:
    """What was found, in words."""
    if value in check.names:
        return check.names[value]
    return _written(check.written, value.to_bytes(2, "big")) if check.written else f"{value:#06x}"


def _written(template: str, data: bytes) -> str:
    return template.format(*data)
