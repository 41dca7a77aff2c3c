"""A simulated MKS 900 series transducer: `@253PR4?;FF` is answered by `@253ACK1.234E-3;FF` (910 manual, p. 46)."""

import re
from dataclasses import dataclass

from operando.simulators.engine import Answering, Conversation
from operando.simulators.gauges.vacuum_head import HeadState, VacuumHead
from operando.simulators.world.world import World

__all__ = ["Mks900", "MksSettings"]

END = b";FF"
REQUEST = re.compile(r"@(?P<address>\d{3})(?P<command>[A-Z]+\d?)(?P<mark>[?!])(?P<value>[^;]*)")
ANYBODY, BROADCAST = 254, 255
UNITS_Pa = {"TORR": 133.322368, "MBAR": 100.0, "PASCAL": 1.0}
DIGITS = {"PR1": 2, "PR2": 2, "PR3": 2, "PR4": 3}
STATES = {HeadState.ERROR: "M", HeadState.UNKNOWN: "C"}
UNKNOWN_MESSAGE, BAD_ARGUMENT = "160", "169"


@dataclass(slots=True)
class MksSettings:
    """The transducer; change it at any time.

    Args:
        address: 1 to 253.
        units: as set.
        model: and `serial` and `firmware`, as it tells them.
        delay_s: from a request to its reply.
    """

    address: int = 253
    units: str = "TORR"
    model: str = "974B"
    serial: str = "0931014401"
    firmware: str = "1.13"
    delay_s: float = 8e-3


class Mks900:
    """The transducer; any number of clients may listen on its line."""

    def __init__(self, world: World, head: VacuumHead, settings: MksSettings | None = None) -> None:
        self.settings = settings or MksSettings()
        self.head = head
        self._world = world

    def connect(self, endpoint: str, local_port: int, now: float) -> Conversation:
        """Somebody listens on the line."""
        return _MksConversation(self)

    def answer(self, message: str, now: float) -> str | None:
        """What is said to a message; nothing to one for another address, or for all."""
        found = REQUEST.fullmatch(message)
        if found is None or int(found["address"]) not in (self.settings.address, ANYBODY, BROADCAST):
            return None
        word = (
            self._query(found["command"], now) if found["mark"] == "?" else self._set(found["command"], found["value"])
        )
        return None if int(found["address"]) == BROADCAST else f"@{self.settings.address:03d}{word};FF"

    def _query(self, command: str, now: float) -> str:
        shown_Pa, state = self.head.measure(self._world, now)
        if command in DIGITS:
            shown = shown_Pa / UNITS_Pa[self.settings.units]
            mantissa, _, exponent = f"{shown:.{DIGITS[command]}E}".partition("E")
            return f"ACK{mantissa}E{int(exponent):+d}"
        known = {
            "U": self.settings.units,
            "T": STATES.get(state, "O"),
            "DT": self.settings.model,
            "SN": self.settings.serial,
            "FV": self.settings.firmware,
            "AD": f"{self.settings.address:03d}",
            "BR": "9600",
            "MF": "MKS",
            "GT": "NITROGEN",
        }
        return f"ACK{known[command]}" if command in known else f"NAK{UNKNOWN_MESSAGE}"

    def _set(self, command: str, value: str) -> str:
        if command == "U":
            if value not in UNITS_Pa:
                return f"NAK{BAD_ARGUMENT}"
            self.settings.units = value
        elif command == "AD" and value.isdecimal() and 1 <= int(value) < ANYBODY:
            self.settings.address = int(value)
        elif command not in ("BR", "TST", "RSD"):
            return f"NAK{UNKNOWN_MESSAGE}"
        return f"ACK{value}"


class _MksConversation(Answering):
    """One client's end of the line."""

    def __init__(self, transducer: Mks900) -> None:
        super().__init__()
        self._transducer = transducer
        self._received = b""

    def feed(self, data: bytes, now: float) -> None:
        *messages, self._received = (self._received + data).split(END)
        for message in messages:
            start = message.rfind(b"@")
            reply = self._transducer.answer(message[max(start, 0) :].decode("latin-1"), now)
            if reply is not None:
                self._outbox.put(reply.encode("ascii"), now + self._transducer.settings.delay_s)
