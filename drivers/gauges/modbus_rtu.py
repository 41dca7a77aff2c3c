"""Modbus RTU with one device of a line: pymodbus makes and reads the frames, all else is checked here.

RTU has no transaction numbers. After anything went wrong the line is kept silent, and the echo of a fresh token
(function 8) proves that no late reply to an older request of this device is still under way.
"""

from typing import TYPE_CHECKING

from operando.drivers.errors import ProtocolError, StaleReply
from operando.drivers.gauges.modbus_bus import SILENCE_S, ModbusBus
from operando.drivers.gauges.modbus_codec import (
    HOLDING,
    REFUSED,
    decoded,
    echo_frame,
    framer,
    read_request,
    registers_of,
)

if TYPE_CHECKING:
    from pymodbus.pdu import ModbusPDU

__all__ = ["ModbusRtu"]

ECHO = 8
SILENCE_INSTEAD_OF_ECHO_S = 1.0
"""After a failed exchange with a device that cannot prove that nothing is under way."""

SHORTEST_FRAME, REFUSAL_LENGTH, READ_OVERHEAD = 5, 5, 5


class ModbusRtu:
    """Reads registers of one device.

    Args:
        bus: the line, which other devices may share.
        unit: address of the device, 1 to 247.
        timeout_s: for a whole reply.
        echo_test: whether the device knows function 8, or refuses it; one that is silent then is only waited for.
    """

    def __init__(self, bus: ModbusBus, unit: int, timeout_s: float, *, echo_test: bool = True) -> None:
        self._bus = bus
        self._unit = unit
        self._timeout_s = timeout_s
        self._echo_test = echo_test
        self._in_doubt = False
        self._token = 0

    def read_registers(self, address: int, count: int, function: int = HOLDING) -> list[int]:
        """Registers of 16 bits.

        Raises:
            TransportTimeout: if no whole reply came in time.
            FramingError: if something came that is no frame.
            StaleReply: if the reply belongs to another question.
            ProtocolError: if the device refuses.
        """
        if self._in_doubt and self._echo_test:
            with self._bus.taken():
                self._synchronise()
        with self._bus.taken(SILENCE_S if self._echo_test else SILENCE_INSTEAD_OF_ECHO_S):
            self._in_doubt = True
            reply = self._exchange(read_request(self._unit, function, address, count), function)
            try:
                registers = registers_of(reply, count, self._bus.where)
            except ProtocolError:  # a refusal is an answer, and leaves no doubt
                self._bus.settle()
                self._in_doubt = False
                raise
            self._in_doubt = False
            return registers

    def _exchange(self, request: "ModbusPDU", function: int) -> "ModbusPDU":
        """The reply to a request, of the same function."""
        begun, deadline = self._bus.send(framer("rtu").buildFrame(request), self._timeout_s)
        reply = self._frame(begun, deadline)
        if reply.function_code & ~REFUSED != function:
            raise StaleReply(
                f"an answer to function {reply.function_code} came instead of {function}",
                where=self._bus.where,
                remedy="The next exchange starts afresh.",
            )
        return reply

    def _frame(self, collected: bytes, deadline: float) -> "ModbusPDU":
        """The first whole frame of this device. One of another device is late for somebody else, and passed over."""
        while True:
            collected = self._collect(collected, SHORTEST_FRAME, deadline)
            unit = collected[0]
            length = REFUSAL_LENGTH if collected[1] & REFUSED else READ_OVERHEAD + collected[2]
            if unit != self._unit and len(collected) < length:
                raise self._bus.garbage(collected, f"this is no frame of device {self._unit}")
            collected = self._collect(collected, length, deadline)
            pdu = decoded("rtu", collected[:length], unit)
            if pdu is None:
                raise self._bus.garbage(collected, "the checksum is wrong, or the function is unknown")
            if unit == self._unit:
                return pdu
            collected = collected[length:]

    def _collect(self, collected: bytes, length: int, deadline: float) -> bytes:
        return self._bus.collect(collected, length, deadline, self._timeout_s)

    def _synchronise(self) -> None:
        """Wait for the echo of a token that was never used before; what came earlier was no answer to it."""
        self._token = (self._token + 1) % 0x10000
        frame = echo_frame(self._unit, self._token)
        collected, deadline = self._bus.send(frame, self._timeout_s)
        while frame not in collected and not self._echo_refused(collected):
            collected = self._collect(collected, len(collected) + 1, deadline)
        self._in_doubt = False

    def _echo_refused(self, collected: bytes) -> bool:
        """A device without echo refuses it, and that is an answer to no other question."""
        at = collected.find(bytes([self._unit, ECHO | REFUSED]))
        return at >= 0 and decoded("rtu", collected[at : at + REFUSAL_LENGTH], self._unit) is not None
