"""A simulated Modbus device that only tells registers: functions 3 and 4, exceptions, silence for others' frames."""

import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from operando.simulators.gauges.modbus_rtu import Function, modbus_frame

__all__ = ["Memory", "RegisterDevice", "words"]

Memory = Mapping[int, int]
"""Words of 16 bits by address."""

ILLEGAL_FUNCTION, ILLEGAL_ADDRESS, ILLEGAL_VALUE = 1, 2, 3
REFUSED = 0x80
READ_LENGTH = 6


def words(format_: str, *values: float) -> list[int]:
    """Values as words, high one first, by a format of `struct`."""
    data = struct.pack(f">{format_}", *values)
    return list(struct.unpack(f">{len(data) // 2}H", data))


@dataclass(frozen=True, slots=True)
class RegisterDevice:
    """Answers reads of its registers.

    Args:
        unit: address on the line.
        holding: registers of function 3 at a time, and `inputs` those of function 4.
        delay_s: from a request to its reply.
        most_registers: in one request.
    """

    unit: int
    holding: Callable[[float], Memory]
    inputs: Callable[[float], Memory]
    delay_s: float = 3e-3
    most_registers: int = 32

    def answer(self, payload: bytes, modbus: bool, now: float) -> tuple[bytes, float] | None:
        """The reply to a frame and its delay; None where the device stays silent."""
        if not modbus or payload[0] != self.unit:
            return None
        return modbus_frame(payload[:1] + self.reply(payload[1:], now)), self.delay_s

    def reply(self, request: bytes, now: float) -> bytes:
        """What a request of function and data is answered with, without address and checksum."""
        function = request[0]
        known = {Function.READ_HOLDING: self.holding, Function.READ_INPUT: self.inputs}
        if function not in known:
            return bytes((function | REFUSED, ILLEGAL_FUNCTION))
        start, count = struct.unpack(">HH", request[1:5])
        if not 1 <= count <= self.most_registers:
            return bytes((function | REFUSED, ILLEGAL_VALUE))
        memory = known[Function(function)](now)
        if any(start + index not in memory for index in range(count)):
            return bytes((function | REFUSED, ILLEGAL_ADDRESS))
        data = b"".join(memory[start + index].to_bytes(2, "big") for index in range(count))
        return bytes((function, len(data))) + data
