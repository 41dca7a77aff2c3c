"""A simulated KELLER 33X pressure transmitter in the wall of the box: Modbus RTU and KELLER bus on one line."""

from operando.simulators.engine import Conversation
from operando.simulators.gauges.keller_bus import answer_keller_bus
from operando.simulators.gauges.keller_modbus import answer_modbus
from operando.simulators.gauges.keller_refusal import Refused
from operando.simulators.gauges.keller_settings import KellerSettings
from operando.simulators.gauges.keller_transmitter import Transmitter
from operando.simulators.gauges.modbus_rtu import keller_bus_frame, modbus_frame
from operando.simulators.gauges.rtu_line import LineConversation
from operando.simulators.world.world import World

__all__ = ["Keller33X"]

BROADCAST, TRANSPARENT = 0, 250
REFUSED = 0x80


class Keller33X:
    """The transmitter; any number of clients may listen on its line, one talks at a time."""

    def __init__(self, world: World, settings: KellerSettings | None = None) -> None:
        self.settings = settings or KellerSettings()
        self._transmitter = Transmitter(world, self.settings)

    def connect(self, endpoint: str, local_port: int, now: float) -> Conversation:
        """Somebody listens on the line."""
        return LineConversation([self], self.settings)

    def power_cycle(self, now: float) -> None:
        """The supply failed for a moment: the KELLER bus must be initialised again, the address stays."""
        self._transmitter.power_cycle(now)

    def answer(self, payload: bytes, modbus: bool, now: float) -> tuple[bytes, float] | None:
        """The reply to a frame and its delay; None where the transmitter stays silent.

        A broadcast is executed and not answered; at the transparent address every device answers, as that address.
        """
        address, function = payload[0], payload[1]
        if address not in (self._transmitter.unit, TRANSPARENT, BROADCAST):
            return None
        try:
            body, delay_s = (answer_modbus if modbus else answer_keller_bus)(self._transmitter, payload, now)
            reply = bytes((address, function)) + body
        except Refused as refused:
            reply, delay_s = bytes((address, function | REFUSED, refused.reason)), self.settings.read_delay_s
        if address == BROADCAST:
            return None
        return (modbus_frame(reply) if modbus else keller_bus_frame(reply)), delay_s
