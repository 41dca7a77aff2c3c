"""Entries of the error queue, and the errors that they become."""

import re
from dataclasses import dataclass

from operando.drivers.errors import DeviceFault, FramingError, InstrumentError, ProtocolError

__all__ = ["BUFFER_EXISTS", "Entry", "error_of", "parse_entry"]

ENTRY = re.compile(r'([+-]?\d+),"(.*)"')
BUFFER_EXISTS = 1115
"""`TRACe:MAKE` for a name that is taken (2461 reference manual, 6-165)."""

REMEDIES = {
    -113: "Check that model and language (*LANG?) are those that the driver is for.",
    -222: "A limit of the instrument is narrower than the driver takes it for; check the model.",
    -410: "Another program talks to the instrument; close it.",
    -420: "Another program talks to the instrument; close it.",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: 0 is no error. The text stands without what the 2450 adds to it (type and time)."""

    code: int
    text: str


def parse_entry(reply: str) -> Entry:
    """Read the answer to `:SYST:ERR?`: `-113,"Undefined header;1;2015/05/06 12:57:04.484"` or `0,"No error"`.

    Raises:
        FramingError: if it is none.
    """
    found = ENTRY.fullmatch(reply)
    if found is None:
        raise FramingError(f"no entry of an error queue: {reply[:100]!r}")
    return Entry(int(found[1]), found[2].split(";")[0])


def error_of(entries: list[Entry], doing: str) -> InstrumentError:
    """The error that says what the instrument refused.

    A negative code is a refusal in the words of SCPI (-1xx command, -2xx execution, -4xx query), but for -3xx, with
    which the instrument tells of a fault of its own.
    """
    first = entries[0]
    told = "; ".join(f"{entry.code} {entry.text}" for entry in entries)
    kind = DeviceFault if -400 < first.code <= -300 else ProtocolError
    return kind(f"the instrument complains about {doing}: {told}", remedy=REMEDIES.get(first.code, ""))
