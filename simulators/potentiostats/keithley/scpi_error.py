"""What an instrument refuses, with the codes of SCPI and Keithley's own, and the queue in which it says so."""

from collections import deque
from datetime import datetime

__all__ = ["ErrorQueue", "ScpiError"]

MEANINGS = {
    -102: "Syntax error",
    -104: "Data type error",
    -108: "Parameter not allowed",
    -109: "Missing parameter",
    -113: "Undefined header",
    -121: "Invalid character in number",
    -213: "Init ignored",
    -221: "Settings conflict",
    -222: "Parameter data out of range",
    -224: "Illegal parameter value",
    -350: "Queue overflow",
    -363: "Input buffer overrun",
    -410: "Query INTERRUPTED",
    -420: "Query UNTERMINATED",
    802: "Not permitted with OUTPUT off",
    803: "Not permitted with OUTPUT on",
    1115: "Parameter error: TRACe:MAKE cannot take an existing reading buffer name",
    1133: "Parameter 4, Syntax error, expected valid name parameters",
}
CAPACITY = 1000


class ScpiError(Exception):
    """A command is refused."""

    def __init__(self, code: int, detail: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.text = MEANINGS[code] + (f"; {detail}" if detail else "")


class ErrorQueue:
    """First in, first out; what does not fit is told by one entry that says so.

    Args:
        long_form: the 2450 adds type and time to the text, the 2400 does not.
    """

    def __init__(self, *, long_form: bool) -> None:
        self._long_form = long_form
        self._entries: deque[tuple[int, str]] = deque()

    def __len__(self) -> int:
        return len(self._entries)

    def put(self, error: ScpiError, moment: datetime) -> None:
        """Queue an error."""
        if len(self._entries) >= CAPACITY:
            self._entries[-1] = (-350, MEANINGS[-350])
            return
        text = error.text
        if self._long_form:
            text += f";1;{moment:%Y/%m/%d %H:%M:%S}.{moment.microsecond // 1000:03d}"
        self._entries.append((error.code, text))

    def next(self) -> str:
        """The oldest entry, which leaves the queue."""
        if not self._entries:
            return '0,"No error;0,0,0"' if self._long_form else '0,"No error"'
        code, text = self._entries.popleft()
        return f'{code},"{text}"' if self._long_form or code < 0 else f'+{code},"{text}"'

    def next_code(self) -> str:
        """The code of the oldest entry, which leaves the queue."""
        return str(self._entries.popleft()[0]) if self._entries else "0"

    def clear(self) -> None:
        """Forget everything."""
        self._entries.clear()
