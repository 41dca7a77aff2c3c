"""Telegrams of the Pfeiffer Vacuum protocol on RS-485: address, action, parameter, data, checksum, CR.

A reply repeats address and parameter, so that one to another question is known as such. Bytes before a telegram, which
the turn-around of RS-485 makes, are passed over by their value: telegrams are printable.
"""

import threading
from dataclasses import dataclass

from operando.drivers.clock import Clock
from operando.drivers.errors import FramingError, ProtocolError
from operando.drivers.gauges.silence import discard, wait_for_silence
from operando.drivers.links import Address, LinkRegistry, StreamBuffer
from operando.drivers.links.reopening import ReopeningLink

__all__ = ["Telegram", "TelegramLine", "decode", "encode_query", "u_expo_new"]

CR = b"\r"
QUERY, REPLY = "00", "10"
SHORTEST, HEADER, CHECKSUM = 13, 10, 3
SILENCE_S = 0.1
REFUSALS = {"NO_DEF": "it has no such parameter", "_RANGE": "the value is out of range", "_LOGIC": "not permitted now"}


@dataclass(frozen=True, slots=True)
class Telegram:
    """What a reply says."""

    address: int
    parameter: int
    data: str


def encode_query(address: int, parameter: int) -> bytes:
    """Ask a device for a parameter."""
    body = f"{address:03d}{QUERY}{parameter:03d}02=?".encode("ascii")
    return body + f"{sum(body) % 256:03d}".encode("ascii") + CR


def decode(line: bytes) -> Telegram:
    """A reply without its CR.

    Raises:
        FramingError: if it is none.
    """
    text = line.decode("ascii", "replace")
    head, data, sum_text = text[:HEADER], text[HEADER:-CHECKSUM], text[-CHECKSUM:]
    whole = len(text) >= SHORTEST and head.isdecimal() and sum_text.isdecimal() and int(head[8:]) == len(data)
    if not whole or head[3:5] != REPLY or sum(line[:-CHECKSUM]) % 256 != int(sum_text):
        raise FramingError(
            f"this is no telegram: {line[:64]!r}", remedy="Check baud rate, termination, and the other devices."
        )
    return Telegram(int(head[:3]), int(head[5:8]), data)


def u_expo_new(data: str) -> float:
    """Data type 10: four digits of the mantissa, in thousandths, and an exponent to which 20 was added.

    Raises:
        FramingError: if it is none.
    """
    if len(data) != 6 or not data.isdecimal():
        raise FramingError(f"this is no number: {data!r}", remedy="Check that the parameter is a pressure.")
    return int(data[:4]) / 1000.0 * 10.0 ** (int(data[4:]) - 20)


class TelegramLine:
    """A line that several devices, and so several drivers of a bench, share: one exchange at a time."""

    def __init__(self, registry: LinkRegistry, address: Address, clock: Clock) -> None:
        self.lock = threading.RLock()
        self._link = ReopeningLink(registry, address)
        self._clock = clock
        self._members = 0
        self._in_doubt = False

    @classmethod
    def shared(cls, registry: LinkRegistry, address: Address, clock: Clock) -> "TelegramLine":
        """The line at an address: all drivers of a bench get the same one, and each leaves it once."""
        line = registry.shared(address, cls, lambda: cls(registry, address, clock))
        line._members += 1
        return line

    def leave(self) -> None:
        """A driver needs it no more; the last one closes the wire."""
        with self.lock:
            self._members -= 1
            if self._members <= 0:
                self._link.close()

    def query(self, address: int, parameter: int, timeout_s: float) -> str:
        """The data of a parameter.

        Replies to other questions, of this device or another one, are passed over.

        Raises:
            TransportTimeout: if no reply came in time.
            FramingError: if something came that is no telegram.
            ProtocolError: if the device refuses.
        """
        with self.lock:
            self._quiet()
            self._in_doubt = True
            self._link.write(encode_query(address, parameter))
            buffer = StreamBuffer(self._link, self._clock)
            deadline = self._clock.now() + timeout_s
            reply = self._reply(buffer, deadline)
            while (reply.address, reply.parameter) != (address, parameter):
                reply = self._reply(buffer, deadline)
            self._in_doubt = False
        if reply.data in REFUSALS:
            raise ProtocolError(
                f"device {address} refuses parameter {parameter}: {REFUSALS[reply.data]}",
                where=str(self._link.address),
                remedy="Check the model of the device.",
            )
        return reply.data

    def _reply(self, buffer: StreamBuffer, deadline: float) -> Telegram:
        line = buffer.read_until(CR, deadline - self._clock.now()).removesuffix(CR)
        return decode(line.lstrip(b"\xff\x00"))

    def _quiet(self) -> None:
        """After an exchange that failed, until nothing more comes: a late reply to the same question is stale, too.

        A device that has half a question in its ear would take ours for the rest of it: a CR ends that one.
        """
        discard(self._link)
        if self._in_doubt:
            self._link.write(CR)
            wait_for_silence(self._link, self._clock, SILENCE_S)
