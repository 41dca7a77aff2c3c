"""Simulated Pfeiffer gauges on an RS-485 line: telegrams with address and parameter (PPT 100 manual, p. 13)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from operando.simulators.engine import Answering, Conversation
from operando.simulators.gauges.vacuum_head import HeadState, VacuumHead
from operando.simulators.world.world import World

__all__ = ["TelegramGauge", "TelegramLine"]

CR = b"\r"
GROUPS = range(900, 1000)
REQUEST = re.compile(
    r"(?P<address>\d{3})(?P<action>00|10)(?P<parameter>\d{3})(?P<length>\d{2})(?P<data>.*)(?P<sum>\d{3})"
)
HECTOPASCAL = 100.0
NOT_DEFINED, OUT_OF_RANGE, NOT_NOW = "NO_DEF", "_RANGE", "_LOGIC"
ERRORS = {HeadState.ERROR: "Err001", HeadState.UNKNOWN: "Err002"}


@dataclass(slots=True)
class TelegramGauge:
    """One gauge on the line; change it at any time.

    Args:
        address: 1 to 255.
        head: what it measures with.
        name: how it calls itself (A3 is a PPT 100).
        delay_s: from a request to its reply.
        noise_before: bytes of 0xFF that the turn-around of the line puts before a reply.
        values: of the parameters that can be written.
    """

    address: int
    head: VacuumHead
    name: str = "A3"
    delay_s: float = 5e-3
    noise_before: int = 0
    values: dict[str, str] = field(default_factory=lambda: {"741": "000", "742": "000100"})

    def answer(self, parameter: str, command: str | None, world: World, now: float) -> str:
        """The data of a reply; with a command, what is to be set."""
        shown_Pa, state = self.head.measure(world, now)
        fixed = {
            "303": ERRORS.get(state, "000000"),
            "312": "010100",
            "349": f"{self.name:>6}",
            "740": _exponential(shown_Pa / HECTOPASCAL),
        }
        if command is None:
            return fixed.get(parameter) or self.values.get(parameter, NOT_DEFINED)
        if parameter in fixed:
            return NOT_NOW
        if parameter not in self.values:
            return NOT_DEFINED
        if len(command) != len(self.values[parameter]) or not command.isdecimal():
            return OUT_OF_RANGE
        self.values[parameter] = command
        return command


class TelegramLine:
    """Gauges on one line."""

    def __init__(self, world: World, gauges: Sequence[TelegramGauge]) -> None:
        self.gauges = tuple(gauges)
        self._world = world

    def connect(self, endpoint: str, local_port: int, now: float) -> Conversation:
        """Somebody listens on the line."""
        return _TelegramConversation(self)

    def replies(self, line: bytes, now: float) -> list[tuple[bytes, float]]:
        """What gauges say to a telegram without its CR, each with its delay; groups and broken ones get no reply."""
        text = line.decode("latin-1")
        found = REQUEST.fullmatch(text)
        if found is None or sum(line[:-3]) % 256 != int(found["sum"]) or len(found["data"]) != int(found["length"]):
            return []
        address = int(found["address"])
        command = found["data"] if found["action"] == "10" else None
        said = []
        for gauge in self.gauges:
            if address in (gauge.address, 0) or address in GROUPS:
                data = gauge.answer(found["parameter"], command, self._world, now)
                if address == gauge.address:
                    body = f"{address:03d}10{found['parameter']}{len(data):02d}{data}"
                    reply = f"{body}{sum(body.encode('ascii')) % 256:03d}".encode("ascii")
                    said.append((b"\xff" * gauge.noise_before + reply + CR, gauge.delay_s))
        return said


class _TelegramConversation(Answering):
    """One client's end of the line."""

    def __init__(self, line: TelegramLine) -> None:
        super().__init__()
        self._line = line
        self._received = b""

    def feed(self, data: bytes, now: float) -> None:
        *lines, self._received = (self._received + data).split(CR)
        for line in lines:
            for reply, delay_s in self._line.replies(line, now):
                self._outbox.put(reply, now + delay_s)


def _exponential(value: float) -> str:
    """Four digits of mantissa and an exponent, to which 20 is added: 1000 is 100023."""
    mantissa, _, exponent = f"{value:.3E}".partition("E")
    return f"{mantissa.replace('.', '')}{int(exponent) + 20:02d}"
