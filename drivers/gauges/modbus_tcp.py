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
LONGEST = 254
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
        """Send a request; what was half received on a link that was lost is forgotten."""
        if self.link.losses != self._losses:
            self._losses, self._buffer = self.link.losses, StreamBuffer(self.link, self._clock)
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
            number, protocol, length = unpack_from(">HHH", header)
            if protocol != 0 or not 2 <= length <= LONGEST:
                self.drop()
                raise FramingError(f"this is no message of Modbus TCP: {header.hex(' ')}", where=str(self.link.address))
            body = self._exactly(length, deadline)
            if number == transaction:
                return header + body

    def _exactly(self, count: int, deadline: float) -> bytes:
        """So many bytes; a message that breaks off leaves no place from which to go on."""
        try:
            return self._buffer.read_exactly(count, deadline - self._clock.now())
        except TransportTimeout:
            self.drop()
            raise


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
            unit, answered = frame[HEADER], frame[HEADER + 1] & ~REFUSED
            if (unit, answered) != (self._unit, function):
                raise StaleReply(
                    f"unit {unit} answered function {answered}, unit {self._unit} was asked for function {function}",
                    where=where,
                    remedy="Check the gateway; the next exchange starts afresh.",
                )
            reply = decoded("tcp", frame, self._unit, request.transaction_id)
            if reply is None:
                self._line.drop()
                raise FramingError(f"this is no reply: {frame[:32].hex(' ')}", where=where)
            return registers_of(reply, count, where)
