"""One host's conversation with a simulated DP5: datagrams over Ethernet, or a serial line."""

from typing import Protocol

from operando.simulators.engine import Answering
from operando.simulators.spectrometers.amptek_settings import AmptekSettings
from operando.simulators.spectrometers.packets import Acknowledge, BadPacket, Packet, Packets, packet_bytes

__all__ = ["EthernetHost", "Processor", "SerialHost"]

SERIAL_GAP_S = 0.1
"""A longer gap inside a packet discards it."""

SERIAL_BYTES_PER_S = 11520.0


class Processor(Protocol):
    """What a conversation needs of the processor."""

    settings: AmptekSettings

    def listens_to(self, port: int, now: float) -> bool:
        """Whether the Ethernet host that sends from a port is the one that the processor is bound to."""
        ...

    def answer(self, packet: Packet, now: float) -> tuple[bytes, float]:
        """The reply to a request, and when it leaves over Ethernet."""
        ...


class EthernetHost(Answering):
    """A request never spans datagrams; a reply is cut into several, all sent at once."""

    def __init__(self, processor: Processor, port: int) -> None:
        super().__init__()
        self._processor = processor
        self._port = port

    def feed(self, data: bytes, now: float) -> None:
        if not self._processor.listens_to(self._port, now):
            return
        packets = Packets()
        for packet in packets.feed(data):
            if isinstance(packet, BadPacket):
                self._refuse(packet.why, now)
            else:
                self._send(*self._processor.answer(packet, now))
        if packets.unfinished:
            self._refuse(Acknowledge.BAD_LENGTH, now)

    def _refuse(self, why: Acknowledge, now: float) -> None:
        self._send(packet_bytes(0xFF, why), now + self._processor.settings.status_round_trip_s)

    def _send(self, reply: bytes, due: float) -> None:
        size = self._processor.settings.datagram_bytes
        for start in range(0, len(reply), size):
            self._outbox.put(reply[start : start + size], due)


class SerialHost(Answering):
    """RS-232 at 115200 baud: the time of a reply is that of its bytes."""

    def __init__(self, processor: Processor) -> None:
        super().__init__()
        self._processor = processor
        self._packets = Packets()
        self._heard_s = 0.0

    def feed(self, data: bytes, now: float) -> None:
        if now - self._heard_s > SERIAL_GAP_S:
            self._packets.forget()
        self._heard_s = now
        for packet in self._packets.feed(data):
            if isinstance(packet, BadPacket):
                self._send(packet_bytes(0xFF, packet.why), now)
            else:
                reply, _ = self._processor.answer(packet, now)
                self._send(reply, now)

    def _send(self, reply: bytes, now: float) -> None:
        self._outbox.put(reply, now + self._processor.settings.status_round_trip_s + len(reply) / SERIAL_BYTES_PER_S)
