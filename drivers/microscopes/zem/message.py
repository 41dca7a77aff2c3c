"""Messages of a ZEM: `$Command:arguments,ip:port,CCCC%`, answered by `$Command:value,CCCC%` (pyzemrpc 1.2.6).

CCCC is the CRC-16 of Modbus over everything from `$` up to and including the last comma, in upper-case hexadecimal,
low byte first.
"""

import re
from dataclasses import dataclass

from operando.drivers.errors import FramingError, InstrumentError, ProtocolError

__all__ = ["Reply", "crc", "decode", "encode"]

FRAME = re.compile(rb"\$(?P<body>.*,)(?P<crc>[0-9A-F]{4})%", re.DOTALL)
CRC_LENGTH = 5
ERROR_CODE = "Error Code:"
REASONS = {
    1: "illegal parameter",
    2: "execution failed",
    3: "it is busy",
    4: "the checksum was wrong",
    5: "its picture server is down",
}
BUSY = 3


def crc(data: bytes) -> bytes:
    """Four characters: CRC-16 with polynomial 0xA001 from 0xFFFF, low byte first."""
    value = 0xFFFF
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (0xA001 if value & 1 else 0)
    return f"{value & 0xFF:02X}{value >> 8:02X}".encode("ascii")


def encode(command: str, arguments: str, callback: str) -> bytes:
    """A request. `callback` is where the client says that it listens (`ip:port`)."""
    text = f"${command}:{arguments},{callback},".encode("ascii")
    return text + crc(text) + b"%"


@dataclass(frozen=True, slots=True)
class Reply:
    """What the microscope said to a command."""

    command: str
    value: str

    def fields(self, count: int) -> list[str]:
        """The parts between commas.

        Raises:
            FramingError: if there are not so many.
        """
        parts = self.value.split(",")
        if len(parts) != count:
            raise FramingError(f"{self.command} was answered {self.value!r}, {count} values were expected")
        return parts

    def number(self) -> float:
        """One number.

        Raises:
            FramingError: if it is none.
        """
        return self.numbers(1)[0]

    def numbers(self, count: int) -> list[float]:
        """So many numbers.

        Raises:
            FramingError: if they are none.
        """
        try:
            return [float(part) for part in self.fields(count)]
        except ValueError as error:
            raise FramingError(f"{self.command} was answered {self.value!r}, which is no number") from error

    @property
    def busy(self) -> bool:
        """Whether the microscope had no time."""
        return self._error_code() == BUSY

    def refusal(self) -> InstrumentError | None:
        """Why the microscope did not do it; None if it did."""
        if "invalidcommand" in self.value.lower().replace(" ", ""):
            return ProtocolError(f"it does not know {self.command}", remedy="Check its model and software.")
        code = self._error_code()
        if not code:
            return None
        reason = REASONS.get(code, "for no known reason")
        return ProtocolError(f"{self.command} was refused: {reason} (error code {code})")

    def _error_code(self) -> int:
        _, found, code = self.value.partition(ERROR_CODE)
        return int(code) if found and code.isdecimal() else 0


def decode(datagram: bytes) -> Reply:
    """A reply from one datagram.

    Raises:
        FramingError: if it is none, or its checksum is wrong.
    """
    found = FRAME.fullmatch(datagram)
    if found is None or crc(datagram[:-CRC_LENGTH]) != found["crc"]:
        raise FramingError(f"this is no message: {datagram[:64]!r}")
    command, _, value = found["body"][:-1].decode("utf-8", "replace").partition(":")
    return Reply(command, value)
