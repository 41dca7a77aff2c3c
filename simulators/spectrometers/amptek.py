"""A simulated Amptek DP5 with a silicon drift detector, over UDP or a serial line.

Not built, and answered by "not supported": list mode, spectrum buffers and hardware sequential buffering, SCA
counters. Not there at all: Netfinder, and sharing with a second host.
"""

from operando.simulators.engine import Conversation
from operando.simulators.spectrometers.acquisition import Acquisition
from operando.simulators.spectrometers.amptek_settings import AmptekSettings
from operando.simulators.spectrometers.configuration import Configuration
from operando.simulators.spectrometers.host import EthernetHost, SerialHost
from operando.simulators.spectrometers.packets import Acknowledge, Packet, packet_bytes
from operando.simulators.spectrometers.status import status_bytes
from operando.simulators.world.world import World

__all__ = ["AmptekDP5"]

SPECTRUM_IDENTIFIERS = {256: 0x01, 512: 0x03, 1024: 0x05, 2048: 0x07, 4096: 0x09, 8192: 0x0B}
ROUND_TRIP_S = {256: 0.011, 512: 0.019, 1024: 0.035, 2048: 0.070, 4096: 0.134, 8192: 0.263}
READ_OUT_S = {256: 113e-6, 512: 189e-6, 1024: 343e-6, 2048: 650e-6, 4096: 1.27e-3, 8192: 2.50e-3}
"""Dead time of reading a spectrum out, at 80 MHz."""
STATUS_READ_OUT_S = 31e-6
SLOWER_AT_20_MHZ = 2.4

WITH_STATUS, WITH_CLEAR = (0x03, 0x04), (0x02, 0x04)
NOT_BUILT = {
    *((0x02, second) for second in (0x05, 0x06, 0x07)),
    *((0x03, second) for second in range(256)),
    *((0x04, second) for second in range(256)),
    *((0xF0, second) for second in (0x1E, 0x1F)),
}
LOCK = 0x22


class AmptekDP5:
    """The pulse processor. It is bound to one host at a time; others are ignored until that one was silent."""

    def __init__(self, world: World, settings: AmptekSettings | None = None) -> None:
        self.settings = settings or AmptekSettings()
        self.configuration = Configuration()
        self.acquisition = Acquisition(world)
        self._host: int | None = None
        self._heard_s = 0.0
        self._locked = False
        self._busy_until_s = 0.0

    def connect(self, endpoint: str, local_port: int, now: float) -> Conversation:
        """A host that may talk; over UDP there is no connection to refuse."""
        return SerialHost(self) if endpoint == "serial" else EthernetHost(self, local_port)

    def listens_to(self, port: int, now: float) -> bool:
        """Whether an Ethernet host, known by the port from which it sends, is the one it is bound to."""
        bound = self._locked or now - self._heard_s < self.settings.host_forgotten_after_s
        if self._host not in (None, port) and bound:
            return False
        self._host, self._heard_s = port, now
        return True

    def answer(self, packet: Packet, now: float) -> tuple[bytes, float]:
        """The reply to a request, and when it leaves over Ethernet."""
        self.acquisition.advance(now)
        free_s = max(now, self._busy_until_s)
        reply, takes_s = self._reply(packet, now)
        return reply, free_s + takes_s

    def _reply(self, packet: Packet, now: float) -> tuple[bytes, float]:
        group, second = packet.identifiers
        takes_s = self.settings.status_round_trip_s
        if packet.identifiers in NOT_BUILT:
            return _acknowledge(Acknowledge.NOT_SUPPORTED), takes_s
        match group, second:
            case 0x02, 0x01 | 0x02 | 0x03 | 0x04 if not packet.data:
                return self._spectrum(second in WITH_STATUS, second in WITH_CLEAR, now)
            case 0x01, 0x01 if not packet.data:
                reply = packet_bytes(0x80, 0x01, status_bytes(self))
                self._read_out(STATUS_READ_OUT_S, now)
            case 0x20, 0x02:
                reply = self._configure(packet.data)
                self._busy_until_s = now + self.settings.stall_s
            case 0x20, 0x04:
                reply = self._configure(packet.data)
            case 0x20, 0x03:
                text = self.configuration.read_back(packet.data.decode("ascii", "replace"))
                reply = packet_bytes(0x82, 0x07, text.encode("ascii", "replace"))
            case 0xF1, 0x7F:
                reply = packet_bytes(0x8F, 0x7F, packet.data)
            case 0xF1, code if code <= 0x0F and not packet.data:
                reply = packet_bytes(0xFF, code)  # asked for
            case 0xF0, order if not packet.data:
                reply = _acknowledge(self._obey(order))
            case (0x01 | 0x02, 0x01) | (0x02, 0x02 | 0x03 | 0x04) | (0xF0 | 0xF1, _):
                reply = _acknowledge(Acknowledge.BAD_LENGTH)
            case _:
                reply = _acknowledge(Acknowledge.BAD_IDENTIFIER)
        return reply, takes_s

    def _obey(self, order: int) -> Acknowledge:
        match order:
            case 0x01:
                self.acquisition.clear()
            case 0x02:
                self.acquisition.enable()
            case 0x03:
                self.acquisition.enabled = False
            case 0x10 | 0x16:
                pass  # the general counter and the timer of list mode, which are not built
            case 0x20 | 0x21 | 0x22:
                self._locked = order == LOCK
            case _:
                return Acknowledge.BAD_IDENTIFIER
        return Acknowledge.OK

    def _spectrum(self, with_status: bool, clear: bool, now: float) -> tuple[bytes, float]:
        acquisition = self.acquisition
        data = acquisition.counts.astype("<u4").view("u1").reshape(-1, 4)[:, :3].tobytes()
        identifier = SPECTRUM_IDENTIFIERS[acquisition.channels]
        if with_status:
            data += status_bytes(self)
            identifier += 1
        self._read_out(READ_OUT_S[acquisition.channels], now)
        if clear:
            acquisition.clear()
        return packet_bytes(0x81, identifier, data), ROUND_TRIP_S[acquisition.channels]

    def _read_out(self, at_80_MHz_s: float, now: float) -> None:
        slower = SLOWER_AT_20_MHZ if self.configuration["CLCK"] == "20" else 1.0
        self.acquisition.read_out(at_80_MHz_s * slower, now)

    def _configure(self, data: bytes) -> bytes:
        configuration, acquisition = self.configuration, self.acquisition
        obeyed, refused = configuration.apply(data.decode("ascii", "replace"))
        acquisition.set_channels(int(configuration["MCAC"]))
        acquisition.peaking_time_s = float(configuration["TPEA"]) * 1e-6
        acquisition.preset_acquisition_time(configuration.number("PRET"))
        acquisition.preset_real_time(configuration.number("PRER"))
        if obeyed.get("MCAE") == "ON":
            acquisition.enable()
        elif obeyed.get("MCAE") == "OFF":
            acquisition.enabled = False
        if refused is not None:
            return packet_bytes(0xFF, refused.code, refused.text.encode("ascii", "replace"))
        return _acknowledge(Acknowledge.OK)


def _acknowledge(code: Acknowledge) -> bytes:
    return packet_bytes(0xFF, code)
