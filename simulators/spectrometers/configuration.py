"""The text configuration of a DP5 (`MCAC=2048;PRET=1.5;`): what is known, what is allowed, and reading it back."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from operando.simulators.spectrometers.packets import Acknowledge

__all__ = ["Configuration", "Refused"]

DEFAULTS = {
    "CLCK": "80",
    "TPEA": "4.000",
    "GAIN": "16.000",
    "RESL": "204",
    "TFLA": "0.200",
    "TPFA": "100",
    "PURE": "ON",
    "RTDE": "OFF",
    "MCAS": "NORM",
    "MCAC": "2048",
    "SOFF": "OFF",
    "AINP": "POS",
    "THSL": "0.683",
    "TLLD": "OFF",
    "THFA": "12.12",
    "GATE": "OFF",
    "HVSE": "-110",
    "TECS": "220",
    "PAPS": "ON",
    "GAIF": "1.0713",
    "TPMO": "OFF",
    "PRET": "OFF",
    "PRER": "OFF",
    "PREC": "OFF",
    "PRCL": "1",
    "PRCH": "8191",
    "MCAE": "ON",
    "SYNC": "INT",
    "CLKL": "100",
    "LMMO": "NORM",
}
"""A default set for a FastSDD detector. Not built: the preset of counts (PREC), regions, connectors and outputs."""

LONGEST_VALUE = 10


def _one_of(*words: str) -> Callable[[str], bool]:
    return lambda value: value in words


def _number(low: float, high: float, *words: str) -> Callable[[str], bool]:
    def allowed(value: str) -> bool:
        if value in words:
            return True
        try:
            return low <= float(value) <= high
        except ValueError:
            return False

    return allowed


ALLOWED: dict[str, Callable[[str], bool]] = {
    "CLCK": _one_of("AUTO", "20", "80"),
    "MCAC": _one_of("256", "512", "1024", "2048", "4096", "8192"),
    "MCAE": _one_of("ON", "OFF"),
    "TPEA": _number(0.05, 102.4),
    "GAIN": _number(0.75, 500.0),
    "PRET": _number(0.1, 99999999.9, "OFF"),
    "PRER": _number(0.1, 4294967.29, "OFF"),
    "PREC": _one_of("OFF"),
    "HVSE": _number(-500.0, 1500.0, "OFF"),
    "TECS": _number(0.0, 299.0, "OFF"),
    "SYNC": _one_of("INT", "EXT", "NOTIMETAG", "FRAME"),
}


@dataclass(frozen=True, slots=True)
class Refused:
    """A command that is not obeyed, with its own text, as the acknowledge packet returns it."""

    code: Acknowledge
    text: str


class Configuration:
    """What the processor is set to."""

    def __init__(self) -> None:
        self._values = dict(DEFAULTS)

    def __getitem__(self, command: str) -> str:
        return self._values[command]

    def number(self, command: str) -> float | None:
        """A value as a number; None if it is off."""
        value = self._values[command]
        return None if value == "OFF" else float(value)

    def apply(self, text: str) -> tuple[dict[str, str], Refused | None]:
        """Obey every command that is right; returns those, and the last one that is wrong."""
        refused: Refused | None = None
        obeyed: dict[str, str] = {}
        for item in _items(text):
            command, equals, value = item.partition("=")
            if command == "RESC" and value == "YES":
                self._values = dict(DEFAULTS)
            elif command not in DEFAULTS or not equals:
                refused = Refused(Acknowledge.UNKNOWN_COMMAND, f"{item};")
            elif len(value) > LONGEST_VALUE or not ALLOWED.get(command, bool)(value):
                refused = Refused(Acknowledge.BAD_PARAMETER, f"{item};")
            else:
                self._values[command] = obeyed[command] = value
        return obeyed, refused

    def read_back(self, text: str) -> str:
        """Answer `MCAC;PRET;` by `MCAC=2048;PRET=1.5;`; unknown commands by `??`."""
        commands = [item.partition("=")[0] for item in _items(text)]
        return "".join(f"{command}={self._values.get(command, '??')};" for command in commands)


def _items(text: str) -> Iterator[str]:
    return (item for item in text.split(";") if item)
