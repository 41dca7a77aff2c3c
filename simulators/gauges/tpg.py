"""A simulated Pfeiffer TPG 262 or 362: mnemonics over serial or TCP (BG 5195, BG 5510)."""

from operando.simulators.engine import Conversation, Outbox
from operando.simulators.gauges.tpg_commands import NAK_WORD, Refusal, TpgUnit, obey
from operando.simulators.gauges.tpg_settings import TpgSettings
from operando.simulators.gauges.vacuum_head import VacuumHead
from operando.simulators.world.world import World

__all__ = ["Tpg"]

ETX, ENQ, CR, LF, SPACE = 0x03, 0x05, 0x0D, 0x0A, 0x20
ACK, NAK, END = b"\x06", b"\x15", b"\r\n"
LONGEST_MESSAGE = 128
POWER_UP_PERIOD_S = 1.0


class Tpg:
    """The controller with its heads; clients share one input buffer in a real unit, here each has its own."""

    def __init__(self, world: World, heads: list[VacuumHead], settings: TpgSettings | None = None) -> None:
        self.settings = settings or TpgSettings()
        self.unit = TpgUnit(world, heads, self.settings)

    def connect(self, endpoint: str, local_port: int, now: float) -> Conversation:
        """A client plugs its cable in."""
        return _TpgConversation(self.unit, self.settings, now)


class _TpgConversation:
    """One client. Talks by itself until it first hears something, if the unit has just been switched on."""

    closed = False

    def __init__(self, unit: TpgUnit, settings: TpgSettings, now: float) -> None:
        self._unit = unit
        self._settings = settings
        self._outbox = Outbox()
        self._received = b""
        self._wanted = ""
        self._period_s = POWER_UP_PERIOD_S if settings.just_switched_on else None
        self._next_s = now + POWER_UP_PERIOD_S

    def feed(self, data: bytes, now: float) -> None:
        self._period_s = None  # the first character ends continuous output
        for byte in data:
            if byte == ETX:
                self._received = b""
            elif byte == ENQ:
                self._say(self._answer(now).encode("ascii"), now)
            elif byte == CR:
                message, self._received = self._received, b""
                self._take(message.decode("ascii", "replace"), now)
            elif byte not in (LF, SPACE) and len(self._received) < LONGEST_MESSAGE:
                self._received += bytes((byte,))

    def due(self) -> float | None:
        due = self._outbox.due()
        if self._period_s is None:
            return due
        return self._next_s if due is None else min(due, self._next_s)

    def collect(self, now: float) -> list[bytes]:
        while self._period_s is not None and self._next_s <= now:
            self._outbox.put(self._unit.all_channels(self._next_s).encode("ascii") + END, self._next_s)
            self._next_s += self._period_s
        return self._outbox.collect(now)

    def disconnect(self, now: float) -> None:
        self._outbox.clear()

    def _take(self, message: str, now: float) -> None:
        try:
            self._wanted, period_s = obey(self._unit, message)
        except Refusal as refusal:
            self._unit.error |= refusal.bit
            self._wanted = ""
            self._say(NAK, now)
            return
        self._say(ACK, now)
        if period_s is not None:
            self._period_s, self._next_s = period_s, now + period_s

    def _answer(self, now: float) -> str:
        """To ENQ: fresh data of the last mnemonic; without one the error word, which is cleared by that."""
        if not self._wanted:
            word, self._unit.error = f"{self._unit.error:04b}", NAK_WORD
            return word
        return self._unit.data(self._wanted, now)

    def _say(self, text: bytes, now: float) -> None:
        self._outbox.put(text + END, now + self._settings.delay_s)
