"""One request and its answer with an Amptek DP5, such that no answer to an earlier request is ever taken for it."""

from collections.abc import Iterator
from itertools import count

from operando.drivers.clock import Clock
from operando.drivers.errors import FramingError, ProtocolError, StaleReply, TransportTimeout
from operando.drivers.links import Link
from operando.drivers.spectrometers.amptek_frames import Packet, build_packet, read_packet

__all__ = ["AmptekExchange"]

REPLY_TIMEOUT_S = 1.0
ACK = 0xFF
ECHO, ECHO_REPLY = (0xF1, 0x7F), (0x8F, 0x7F)
DONE = (0x00, 0x0C, 0x0F)
"""Acknowledgements of something done: plainly, with another host waiting, with an address."""

REFUSALS = {
    0x01: "bad synchronisation",
    0x02: "unknown request",
    0x03: "wrong length",
    0x04: "wrong checksum",
    0x05: "bad parameter",
    0x06: "bad hex record",
    0x07: "unknown command",
    0x08: "FPGA not initialised",
    0x09: "no Ethernet chip",
    0x0A: "oscilloscope not triggered",
    0x0B: "no high voltage and cooler board",
    0x0D: "busy: used over another interface, or buffering",
    0x0E: "I2C error",
    0x10: "not supported by this FPGA",
    0x11: "no calibration data",
}


class AmptekExchange:
    """Asks over a link. Packets carry no numbers, so after a failure an echo with a token of its own is awaited."""

    def __init__(self, link: Link, clock: Clock) -> None:
        self._link = link
        self._clock = clock
        self._collected = bytearray()
        self._in_doubt = False
        self._tokens: Iterator[int] = count(1)

    def command(self, pid1: int, pid2: int, data: bytes = b"") -> None:
        """Send something that is only acknowledged.

        Raises:
            ProtocolError: if it is refused.
        """
        packet = self._exchange(pid1, pid2, data)
        if packet.pid1 != ACK:
            raise self._stale(packet)

    def ask(self, pid1: int, pid2: int, data: bytes = b"", *, answer: int) -> Packet:
        """Ask for data, that come in a packet whose first identifier is `answer`.

        Raises:
            ProtocolError: if it is refused.
            StaleReply: if another answer comes.
        """
        packet = self._exchange(pid1, pid2, data)
        if packet.pid1 != answer:
            raise self._stale(packet)
        return packet

    def _exchange(self, pid1: int, pid2: int, data: bytes) -> Packet:
        if self._in_doubt:
            self._synchronise()
        self._discard()
        self._in_doubt = True
        self._link.write(build_packet(pid1, pid2, data))
        packet = read_packet(self._link, self._clock, self._clock.now() + REPLY_TIMEOUT_S, self._collected)
        self._in_doubt = False
        if packet.pid1 == ACK and packet.pid2 not in DONE:
            meaning = REFUSALS.get(packet.pid2, "unknown reason")
            words = f", {packet.data.decode('ascii', 'replace')!r}" if packet.data else ""
            raise ProtocolError(
                f"request {pid1:02X}/{pid2:02X} was refused: {meaning} ({packet.pid2:02X}){words}",
                where=str(self._link.address),
                remedy="Check the settings, and that no other program uses the spectrometer.",
            )
        return packet

    def _synchronise(self) -> None:
        """Wait for the echo of a fresh token; what comes before it answers something older."""
        token = f"operando {next(self._tokens)}".encode()
        self._discard()
        self._link.write(build_packet(*ECHO, token))
        deadline = self._clock.now() + REPLY_TIMEOUT_S
        while True:
            try:
                packet = read_packet(self._link, self._clock, deadline, self._collected)
            except FramingError as error:
                raise TransportTimeout(
                    f"no echo came back ({error.what})",
                    where=str(self._link.address),
                    remedy="The next exchange tries again.",
                ) from error
            if packet.pids == ECHO_REPLY and packet.data == token:
                self._in_doubt = False
                return

    def _discard(self) -> None:
        self._collected.clear()
        while self._link.read(0.0):
            pass

    def _stale(self, packet: Packet) -> StaleReply:
        self._in_doubt = True
        return StaleReply(
            f"an answer to another request came: {packet.pid1:02X}/{packet.pid2:02X}",
            where=str(self._link.address),
            remedy="The next exchange starts afresh.",
        )
