"""What the error codes of a MethodSCRIPT instrument mean (those that a battery meets)."""

import re

__all__ = ["BUSY_OR_IDLE", "CELL_IS_ON", "describe_error", "error_code", "error_line"]

BUSY_OR_IDLE = "0006"
CELL_IS_ON = "0014"

MEANINGS = {
    "0001": "unspecified error",
    "0002": "invalid type of variable",
    "0003": "command not recognised",
    BUSY_OR_IDLE: "command not possible now: a script runs, or none does",
    "0007": "unexpected argument",
    "0008": "command too long",
    "0009": "command timed out",
    "000C": "no script loaded",
    "000E": "averaging overflow",
    "000F": "potential not possible",
    "0010": "variable is not a number or infinite",
    "0011": "invalid frequency",
    "0012": "invalid amplitude",
    CELL_IS_ON: "open-circuit potential asked for while the cell is on",
    "001B": "not supported by this instrument",
    "001C": "step smaller than the resolution",
    "001E": "amplitude smaller than the resolution",
    "001F": "not licensed",
    "0021": "mode of the potentiostat not supported",
    "0023": "command not possible in this mode of the potentiostat",
    "0024": "too many variables",
    "0028": "division by zero",
    "0032": "critical overload of the cell; the measurement was aborted to prevent damage",
    "0052": "communication overrun",
    "005A": "the requested timing cannot be met",
    "0080": "the counter electrode oscillates",
    "0082": "system warnings must be cleared first",
    "4001": "unknown script command",
    "4004": "unexpected character",
    "4005": "script too large",
    "4008": "bad optional argument",
    "400B": "measurement loops are nested",
    "4018": "script ended unexpectedly",
    "401A": "not inside a measurement loop",
    "401B": "package commands in a wrong order",
    "401C": "too many variables in a package",
    "4026": "variable exists already",
    "4027": "the cell must be on for this",
    "4028": "the cell must be off for this",
    "402B": "bad name",
    "4032": "the potential cannot be set inside the active loop",
    "4033": "the current cannot be set inside the active loop",
    "4037": "overflow",
    "4039": "bad literal",
    "4204": "must be positive",
    "4205": "out of bounds",
    "4206": "not on this instrument",
    "4207": "wrong type of data",
    "420A": "one argument too many",
    "420B": "variable not declared",
    "7FFF": "fatal error, the instrument must be reset",
}

ERROR = re.compile(rb"[A-Za-z]?!([0-9A-F]{4})(?:: Line (\d+).*)?")


def error_code(reply: bytes) -> str | None:
    """The code of an error line (`e!4001: Line 1, Col 3`, `!0032: Line 12`), None if it is none."""
    found = ERROR.fullmatch(reply)
    return found[1].decode() if found else None


def error_line(reply: bytes) -> int | None:
    """The line of the script that an error names, counted from 1."""
    found = ERROR.fullmatch(reply)
    return int(found[2]) if found and found[2] else None


def describe_error(reply: bytes) -> str:
    """An error line with its meaning."""
    meaning = MEANINGS.get(error_code(reply) or "", "a code that is not in our list")
    return f"{reply.decode('ascii', 'replace')} ({meaning})"
