"""A gateway from Modbus TCP to a line of devices: it passes requests on, and replies back under their transaction.

Written from the Modbus messaging implementation guide 1.0b (header of seven bytes, exception 11 for a silent device),
not from any client, so that driver and simulator can only meet on the wire.
"""

import struct
from collections.abc import Sequence

from operando.simulators.engine import Answering
from operando.simulators.gauges.modbus_rtu import Frames, modbus_frame
from operando.simulators.gauges.rtu_line import LineTiming, RtuDevice

__all__ = ["GATEWAY", "GatewayConversation"]

GATEWAY = "gateway"
"""Endpoint of a line that has one."""

HEADER = struct.Struct(">HHHB")
"""Transaction, protocol, length of what follows with the unit, unit."""
MODBUS_PROTOCOL = 0
SHORTEST, LONGEST = 2, 254
CHECKSUM = 2
BROADCAST = 0
REFUSED, NO_ANSWER_BEHIND_GATEWAY = 0x80, 0x0B
GIVES_UP_AFTER_S = 0.15
"""On a device that stays silent."""


class GatewayConversation(Answering):
    """One client's connection. A header that is none ends it: where the next message begins cannot be known."""

    def __init__(self, devices: Sequence[RtuDevice], timing: LineTiming) -> None:
        super().__init__()
        self._devices = devices
        self._timing = timing
        self._bytes = b""

    def feed(self, data: bytes, now: float) -> None:
        self._bytes += data
        while not self.closed and len(self._bytes) >= HEADER.size:
            transaction, protocol, length, unit = HEADER.unpack_from(self._bytes)
            if protocol != MODBUS_PROTOCOL or not SHORTEST <= length <= LONGEST:
                self.closed = True
                return
            end = HEADER.size - 1 + length
            if len(self._bytes) < end:
                return
            request, self._bytes = self._bytes[HEADER.size : end], self._bytes[end:]
            self._pass_on(transaction, unit, request, now)

    def _pass_on(self, transaction: int, unit: int, request: bytes, now: float) -> None:
        """A request on the line, and what the line says to it."""
        reply, delay_s = self._answer(bytes((unit,)) + request, now)
        if unit != BROADCAST:
            self._outbox.put(HEADER.pack(transaction, MODBUS_PROTOCOL, len(reply) + 1, unit) + reply, now + delay_s)

    def _answer(self, payload: bytes, now: float) -> tuple[bytes, float]:
        """The first answer of the line, without address and checksum, and when it is there."""
        answers = [
            (frame[1:-CHECKSUM], delay_s)
            for heard, modbus in Frames(self._timing).feed(modbus_frame(payload), now)
            for device in self._devices
            if (answered := device.answer(heard, modbus, now)) is not None
            for frame, delay_s in [answered]
        ]
        silence = bytes((payload[1] | REFUSED, NO_ANSWER_BEHIND_GATEWAY)), GIVES_UP_AFTER_S
        return answers[0] if answers else silence
