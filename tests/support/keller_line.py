"""A simulated KELLER 33X without noise, and a client on its line."""

from operando.simulators.gauges import Keller33X, KellerSettings
from operando.simulators.laboratory import WorldSettings
from operando.simulators.world.simulated_world import SimulatedWorld
from support.resistor_world import Client

__all__ = ["KellerLine", "keller_bus_frame", "modbus_frame"]


class KellerLine:
    """The transmitter, its world and a client; `ask` keeps the pause between frames."""

    def __init__(self, settings: KellerSettings | None = None) -> None:
        self.settings = settings or KellerSettings()
        self.settings.pressure_noise_bar = self.settings.temperature_noise_K = 0.0
        self.world = SimulatedWorld(WorldSettings())
        self.engine = Keller33X(self.world, self.settings)
        self.client = Client(self.engine.connect("", 49152, 0.0))
        self.pause()

    def pause(self, seconds: float = 0.1) -> None:
        """Nobody talks for a while."""
        assert self.client.read(self.client.now + seconds) == b""

    def ask(self, request: str, seconds: float = 0.1) -> str:
        """The reply to a request, both as the sheet writes them."""
        return self.client.ask(bytes.fromhex(request), seconds).hex(" ").upper()


def modbus_frame(payload: str) -> str:
    """With the checksum, low byte first."""
    data = bytes.fromhex(payload)
    return (data + _checksum(data).to_bytes(2, "little")).hex(" ").upper()


def keller_bus_frame(payload: str) -> str:
    """With the checksum, high byte first."""
    data = bytes.fromhex(payload)
    return (data + _checksum(data).to_bytes(2, "big")).hex(" ").upper()


def _checksum(data: bytes) -> int:
    """The remainder of a division by the reflected polynomial, bit by bit over one long number."""
    register = 0xFFFF
    for bit in (byte >> place & 1 for byte in data for place in range(8)):
        register = register >> 1 ^ (0xA001 if (register ^ bit) & 1 else 0)
    return register
