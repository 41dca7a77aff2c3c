"""What can go wrong with an instrument, as a small tree of errors.

Each error says what happened, on which instrument and address, and what to do.
A driver call ends in the right value or in one of these by its deadline.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

__all__ = [
    "ConfigMismatch",
    "DeviceFault",
    "FramingError",
    "InstrumentError",
    "LimitRefused",
    "OperandoError",
    "ProtocolError",
    "StaleReply",
    "TransportClosed",
    "TransportError",
    "TransportTimeout",
    "first_of",
    "located",
]


class OperandoError(Exception):
    """Base of every error that operando raises on purpose.

    Args:
        what: what happened, as a sentence without a full stop.
        where: the instrument and its address, or file and line.
        remedy: what the reader can do about it; by default what usually helps against errors of this kind.
    """

    usual_remedy: ClassVar[str] = ""

    def __init__(self, what: str, *, where: str = "", remedy: str = "") -> None:
        self.what = what
        self.where = where
        self.remedy = remedy or self.usual_remedy
        super().__init__(what)

    def __str__(self) -> str:
        text = f"{self.where}: {self.what}" if self.where else self.what
        return f"{text}. {self.remedy}" if self.remedy else text


class InstrumentError(OperandoError):
    """Something about one instrument."""


class TransportError(InstrumentError):
    """The wire itself failed; the state of the instrument is unknown."""


class TransportClosed(TransportError):
    """The other end is gone: refused, unplugged, reset or closed."""

    usual_remedy = "Check the cable and the instrument; the link is opened anew at the next try."


class TransportTimeout(TransportError):
    """Nothing, or not enough, arrived by the deadline.

    `heard` is what came meanwhile and was passed over, because it was no answer: it may tell who is there instead.
    """

    usual_remedy = "Check that the instrument is on, connected and not held by another program."
    heard: bytes = b""

    def passing_over(self, heard: bytes) -> "TransportTimeout":
        """The same, with the first line that was passed over; as it is if there was none."""
        if heard:
            self.heard = heard
            self.what = f"waited for an answer; what came was none, and began with {heard[:64]!r}"
            self.remedy = "If this comes again, check address and baud rate: another instrument may be there."
            self.args = (self.what,)
        return self


class FramingError(InstrumentError):
    """Bytes arrived that are no message: wrong checksum, wrong length, garbage."""

    usual_remedy = "Check cable and earth if this comes again."


class ProtocolError(InstrumentError):
    """The instrument answered with a refusal (error code, NAK, exception)."""

    usual_remedy = "Look at the instrument, and check that model and firmware are those that the driver is for."


class StaleReply(InstrumentError):
    """A well-formed reply arrived that belongs to another question."""


class DeviceFault(InstrumentError):
    """The instrument reports a fault of its own: overload, sensor broken, column down."""


class LimitRefused(InstrumentError):
    """The request would pass a limit and was never sent."""


class ConfigMismatch(InstrumentError):
    """What answered is not what the bench file says: wrong model, unit or setting."""


def first_of(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """The error of a group that came first; the others are its consequences."""
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


@contextmanager
def located(where: str) -> Iterator[None]:
    """Errors from inside say on which instrument, and at which address, they happened."""
    try:
        yield
    except InstrumentError as error:
        error.where = where
        raise
