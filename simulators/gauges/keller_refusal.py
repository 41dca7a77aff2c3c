"""How a KELLER 33X refuses a request that it has understood."""

from enum import IntEnum

__all__ = ["Reason", "Refused"]


class Reason(IntEnum):
    """Exception codes of Modbus, and one of the KELLER bus (Series 30 protocol 3.5)."""

    ILLEGAL_FUNCTION = 1
    ILLEGAL_ADDRESS = 2
    ILLEGAL_VALUE = 3
    DEVICE_FAILURE = 4
    """A protected register, or a value out of its range."""
    NOT_INITIALISED = 32


class Refused(Exception):
    """A request is answered by an exception code."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.name)
        self.reason = reason
