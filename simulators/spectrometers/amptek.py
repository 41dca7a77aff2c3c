"""A simulated Amptek DP5 with a silicon drift detector, over UDP or a serial line.

Not built, and answered by "not supported": list mode, hardware sequential buffering, SCA counters, Netfinder.
"""

from dataclasses import dataclass

from operando.simulators.engine import Conversation, Outbox
from operando.simulators.spectrometers.acquisition import Acquisition
from operando.simulators.spectrometers.configuration import Configuration, Refused
from operando.simulators.spectrometers.packets import Acknowledge, BadPacket, Packet, Packets, packet_bytes
from operando.simulators.spectrometers.status import status_bytes
from operando.simulators.world.world import World

__all__ = ["AmptekDP5", "AmptekSettings"]

SPECTRUM_IDENTIFIERS = {256: 0x01, 512: 0x03, 1024: 0x05, 2048: 0x07, 4096: 0x09, 8192: 0x0B}
ROUND_TRIP_S = {256: 0.011, 512: 0.019, 1024: 0.035, 2048: 0.070, 4096: 0.134, 8192: 0.263}
STATUS_ROUND_TRIP_S = 0.002
STALL_S = 0.1
UNSUPPORTED = {0x03, 0x04}


@dataclass(slots=True)
class AmptekSettings:
    """The processor and its network.

    Args:
        datagram_bytes: replies are cut into datagrams of at most this; 0 on a serial line.
        host_forgotten_after_s: without traffic the socket is free for another host.
    """

    serial: int = 12345
    firmware: int = 0x69
    fpga: int = 0x61
    datagram_bytes: int = 520
    host_forgotten_after_s: float = 15.0


class AmptekDP5:
    """The pulse processor. It is bound to one host at a time; others are ignored until that one was silent."""

    def __init__(self, world: World, settings: AmptekSettings | None = None) -> None:
        self.settings = settings or AmptekSettings()
        self.configuration = Configuration()
        self.acquisition = Acquisition(world)
        self.configured = True
        self._host: int | None = None
        self._heard_s = 0.0

    def connect(self, endpoint: str, local_port: int, now: float) -> Conversation:
        """A host that may talk; over UDP there is no connection to refuse."""
        return _Host(self, local_port, serial=endpoint == "serial")

    def listens_to(self, host: int, now: float) -> bool:
        """Whether a host, known by the port from which it sends, is the one that the processor is bound to."""
        if self._host not in (None, host) and now - self._heard_s < self.settings.host_forgotten_after_s:
            return False
        self._host, self._heard_s = host, now
        return True

    def answer(self, packet: Packet, now: float) -> tuple[bytes, float]:
        """The reply to a request, and how long it takes."""
        self.acquisition.advance(now)
        first, second = packet.identifiers
        match first, second:
            case 0x01, 0x01:
                return packet_bytes(0x80, 0x01, status_bytes(self)), STATUS_ROUND_TRIP_S
            case 0x02, 0x01 | 0x02 | 0x03 | 0x04:
                return self._spectrum(with_status=second >= 0x03, clear=second in (0x02, 0x04))
            case 0x20, 0x02 | 0x04:
                reply = self._configure(packet.data)
                return reply, STALL_S if second == 0x02 else STATUS_ROUND_TRIP_S
            case 0x20, 0x03:
                text = self.configuration.read_back(packet.data.decode("ascii", "replace"))
                return packet_bytes(0x82, 0x07, text.encode()), STATUS_ROUND_TRIP_S
            case 0xF0, 0x01:
                self.acquisition.clear()
            case 0xF0, 0x02:
                self.acquisition.enabled = not self.acquisition.preset_reached
            case 0xF0, 0x03:
                self.acquisition.enabled = False
            case 0xF0, 0x10 | 0x16 | 0x20 | 0x21 | 0x22:
                pass
            case 0xF1, 0x7F:
                return packet_bytes(0x8F, 0x7F, packet.data), STATUS_ROUND_TRIP_S
            case 0xF1, code if code <= 0x0F:
                return packet_bytes(0xFF, code), STATUS_ROUND_TRIP_S
            case 0xF0, 0x1E | 0x1F:
                return packet_bytes(0xFF, Acknowledge.NOT_SUPPORTED), STATUS_ROUND_TRIP_S
            case group, _ if group in UNSUPPORTED:
                return packet_bytes(0xFF, Acknowledge.NOT_SUPPORTED), STATUS_ROUND_TRIP_S
            case _:
                return packet_bytes(0xFF, Acknowledge.BAD_IDENTIFIER), STATUS_ROUND_TRIP_S
        return packet_bytes(0xFF, Acknowledge.OK), STATUS_ROUND_TRIP_S

    def _spectrum(self, *, with_status: bool, clear: bool) -> tuple[bytes, float]:
        acquisition = self.acquisition
        counts = acquisition.counts.clip(max=0xFFFFFF).astype("<u4")
        data = counts.view("u1").reshape(-1, 4)[:, :3].tobytes()
        identifier = SPECTRUM_IDENTIFIERS[acquisition.channels]
        if with_status:
            data += status_bytes(self)
            identifier += 1
        if clear:
            acquisition.clear()
        return packet_bytes(0x81, identifier, data), ROUND_TRIP_S[acquisition.channels]

    def _configure(self, data: bytes) -> bytes:
        try:
            obeyed = self.configuration.apply(data.decode("ascii", "replace"))
        except Refused as refused:
            return packet_bytes(0xFF, refused.code, refused.text.encode())
        finally:
            self._take_over()
        if "MCAE" in obeyed:
            self.acquisition.enabled = obeyed["MCAE"] == "ON"
        return packet_bytes(0xFF, Acknowledge.OK)

    def _take_over(self) -> None:
        """Let the acquisition follow the configuration; unchanged values change nothing."""
        channels = int(self.configuration["MCAC"])
        if channels != self.acquisition.channels:
            self.acquisition.set_channels(channels)
        self.acquisition.peaking_time_s = float(self.configuration["TPEA"]) * 1e-6
        preset = self.configuration["PRET"]
        seconds = None if preset == "OFF" else float(preset)
        if seconds != self.acquisition.preset_s:
            self.acquisition.set_preset(seconds)


class _Host:
    """One host's socket, or the serial line."""

    closed = False

    def __init__(self, processor: AmptekDP5, port: int, *, serial: bool) -> None:
        self._processor = processor
        self._port = port
        self._serial = serial
        self._packets = Packets()
        self._outbox = Outbox()

    def feed(self, data: bytes, now: float) -> None:
        if not self._serial and not self._processor.listens_to(self._port, now):
            return
        for packet in self._packets.feed(data):
            if isinstance(packet, BadPacket):
                self._send(packet_bytes(0xFF, packet.why), now + STATUS_ROUND_TRIP_S)
            else:
                reply, delay = self._processor.answer(packet, now)
                self._send(reply, now + delay)
        if not self._serial:
            self._packets.forget()  # a request never spans datagrams

    def due(self) -> float | None:
        return self._outbox.due()

    def collect(self, now: float) -> list[bytes]:
        return self._outbox.collect(now)

    def disconnect(self, now: float) -> None:
        self._outbox.clear()

    def _send(self, reply: bytes, due: float) -> None:
        size = len(reply) if self._serial else self._processor.settings.datagram_bytes
        for start in range(0, len(reply), size):
            self._outbox.put(reply[start : start + size], due)
