"""Modbus TCP with one device, or one behind a gateway: each reply carries the number of its request."""

import threading
from struct import unpack_from

from operando.drivers.clock import Clock
from operando.drivers.errors import FramingError, StaleReply, TransportTimeout
from operando.drivers.gauges.modbus_codec import HOLDING, REFUSED, decoded, framer, read_request, registers_of
from operando.drivers.links import Address, LinkRegistry, StreamBuffer
from operando.drivers.links.reopening import ReopeningLink

__all__ = ["ModbusTcp", "TcpLine"]

HEADER = 6
"""Transaction, protocol and length, two bytes each; the length counts what follows."""
FUNCTION = HEADER + 1
SHORTEST, LONGEST = 2, 254
FIRST_TRANSACTION, LAST_TRANSACTION = 1, 0xFFFF


class TcpLine:
    """A connection that drivers of several units share, one exchange at a time.

    After bytes that are no message the connection is dropped, because where the next message begins is not known.
    """

    def __init__(self, registry: LinkRegistry, address: Address, clock: Clock) -> None:
        self.lock = threading.RLock()
        self.link = ReopeningLink(registry, address)
        self._clock = clock
        self._transaction = 0
        self._members = 0
        self._losses = 0
        self._buffer = StreamBuffer(self.link, clock)

    @classmethod
    def shared(cls, registry: LinkRegistry, address: Address, clock: Clock) -> "TcpLine":
        """The line at an address: all drivers of a bench get the same one, and each leaves it once."""
        line = registry.shared(address, cls, lambda: cls(registry, address, clock))
        line._members += 1
        return line

    def leave(self) -> None:
        """A driver needs it no more; the last one closes the wire."""
        with self.lock:
            self._members -= 1
            if self._members <= 0:
                self.drop()

    def drop(self) -> None:
        """Close it; the next exchange opens it anew."""
        self.link.close()
        self._buffer = StreamBuffer(self.link, self._clock)

    def number(self) -> int:
        """A transaction that was not used for long."""
        self._transaction = self._transaction % LAST_TRANSACTION + FIRST_TRANSACTION
        return self._transaction

    def send(self, frame: bytes) -> None:
        """Send a request; what was received before it answers nothing, and is forgotten.

        Raises:
            TransportClosed: if it cannot be opened. One that was closed since the last reply is opened anew.
        """
        arrived = self.link.arrived()
        if self.link.losses != self._losses:  # what was half received belongs to the connection that was lost
            self._losses, self._buffer = self.link.losses, StreamBuffer(self.link, self._clock)
        elif not _whole_messages(self._buffer.left() + arrived):
            self.drop()
        self.link.write(frame)

    def reply_to(self, transaction: int, timeout_s: float) -> bytes:
        """The whole reply to a transaction; late replies to earlier ones are passed over.

        Raises:
            TransportTimeout: if it does not come in time.
            FramingError: if something comes that is no message.
        """
        deadline = self._clock.now() + timeout_s
        while True:
            header = self._exactly(HEADER, deadline)
            length = _length(header)
            if length is None:
                self.drop()
                raise FramingError(
                    f"this is no message of Modbus TCP: {header.hex(' ')}",
                    where=str(self.link.address),
                    remedy="Check what listens at this port: it may pass on RTU (framing: rtu), or be something else.",
                )
            body = self._exactly(length, deadline)
            if unpack_from(">H", header) == (transaction,):
                return header + body

    def _exactly(self, count: int, deadline: float) -> bytes:
        """So many bytes; a message that breaks off leaves no place from which to go on."""
        try:
            return self._buffer.read_exactly(count, deadline - self._clock.now())
        except TransportTimeout:
            self.drop()
            raise


def _length(header: bytes) -> int | None:
    """Bytes behind a header; None if it is none."""
    protocol, length = unpack_from(">HH", header, 2)
    return int(length) if protocol == 0 and SHORTEST <= length <= LONGEST else None


def _whole_messages(data: bytes) -> bool:
    """Whether nothing but whole messages has come, late replies to requests that were given up."""
    while len(data) >= HEADER and (length := _length(data)) is not None and len(data) >= HEADER + length:
        data = data[HEADER + length :]
    return not data


def _holds_together(frame: bytes) -> bool:
    """Whether as many bytes of registers came as the reply announces; a refusal has none."""
    data = frame[FUNCTION + 1 :]
    return bool(frame[FUNCTION] & REFUSED) or (bool(data) and data[0] == len(data) - 1)


class ModbusTcp:
    """Reads registers of one device.

    Args:
        line: the connection.
        unit: address of the device behind a gateway; most devices do not look at it.
        timeout_s: for a whole reply.
    """

    def __init__(self, line: TcpLine, unit: int, timeout_s: float) -> None:
        self._line = line
        self._unit = unit
        self._timeout_s = timeout_s

    def read_registers(self, address: int, count: int, function: int = HOLDING) -> list[int]:
        """Registers of 16 bits.

        Raises:
            TransportTimeout, FramingError, StaleReply, ProtocolError: see `ModbusRtu.read_registers`.
        """
        where = str(self._line.link.address)
        with self._line.lock:
            request = read_request(self._unit, function, address, count)
            request.transaction_id = self._line.number()
            self._line.send(framer("tcp").buildFrame(request))
            frame = self._line.reply_to(request.transaction_id, self._timeout_s)
            unit, answered = frame[HEADER], frame[FUNCTION] & ~REFUSED
            if (unit, answered) != (self._unit, function):
                raise StaleReply(
                    f"unit {unit} answered function {answered}, unit {self._unit} was asked for function {function}",
                    where=where,
                    remedy="Check the gateway; the next exchange starts afresh.",
                )
            reply = decoded("tcp", frame, self._unit, request.transaction_id) if _holds_together(frame) else None
            if reply is None:
                self._line.drop()
                raise FramingError(f"this is no reply: {frame[:32].hex(' ')}", where=where)
            return registers_of(reply, count, where)
