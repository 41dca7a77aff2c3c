"""The mnemonics of Pfeiffer's gauge controllers: request, acknowledgement, ENQ, data (BG 5195, BG 5510).

The host says a mnemonic and CR, the unit answers ACK or NAK; to a bare ENQ it then says one line. A line carries
nothing that tells which request it belongs to. So after anything went wrong the link is opened anew, which ends late
replies over TCP, and ETX and a silence end those of a serial line.
"""

import re

from operando.drivers.clock import Clock
from operando.drivers.errors import (
    FramingError,
    InstrumentError,
    ProtocolError,
    StaleReply,
    TransportClosed,
    TransportTimeout,
)
from operando.drivers.gauges.silence import wait_for_silence
from operando.drivers.links import StreamBuffer
from operando.drivers.links.reopening import ReopeningLink

__all__ = ["Mnemonics"]

ETX, ENQ, ACK, NAK = b"\x03", b"\x05", b"\x06", b"\x15"
LINE_END = b"\r\n"
SILENCE_S = 0.2
MOST_STRAY_LINES = 8
"""After power-up a unit says values by itself each second, until it hears something; some may be under way."""

PRINTABLE = re.compile(rb"[\x20-\x7e]+")
ERRORS = {1000: "controller error", 100: "no hardware", 10: "inadmissible parameter", 1: "syntax error"}


class Mnemonics:
    """Asks one unit.

    Args:
        link: a stream.
        clock: bounds everything.
        timeout_s: for each of the two answers of an exchange.
    """

    def __init__(self, link: ReopeningLink, clock: Clock, timeout_s: float) -> None:
        self._link = link
        self._clock = clock
        self._timeout_s = timeout_s
        self._buffer = StreamBuffer(link, clock)
        self._in_doubt = True

    def ask(self, mnemonic: str) -> str:
        """What the unit says to a mnemonic without parameters, which changes nothing.

        Raises:
            TransportTimeout: if an answer did not come in time.
            FramingError: if something came that is no answer.
            StaleReply: if an answer came twice.
            ProtocolError: if the unit refuses; the next question may be asked at once.
        """
        if self._in_doubt or self._closed_meanwhile():
            self._start_afresh()
        self._in_doubt = True
        self._link.write(mnemonic.encode("ascii") + b"\r")
        accepted = self._accepted()
        line = self._enquire()
        self._in_doubt = False
        if not accepted:
            raise self._refusal(mnemonic, line)
        return line

    def _closed_meanwhile(self) -> bool:
        """Drop what stands behind the last answer; whether the other end has closed the link since."""
        try:
            self._buffer.available()
        except TransportClosed:
            return True
        return False

    def _accepted(self) -> bool:
        """Wait for ACK (true) or NAK; values that the unit said before it heard us are passed over."""
        deadline = self._clock.now() + self._timeout_s
        first = b""
        for _ in range(MOST_STRAY_LINES):
            try:
                line = self._line(deadline)
            except TransportTimeout as error:
                raise error.passing_over(first) from None
            if line in (ACK, NAK):
                return line == ACK
            first = first or line
        raise self._garbage(first, "it goes on talking by itself, beginning with")

    def _enquire(self) -> str:
        self._link.write(ENQ)
        line = self._line(self._clock.now() + self._timeout_s)
        if line in (ACK, NAK):
            raise StaleReply(
                "a second acknowledgement came instead of data",
                where=str(self._link.address),
                remedy="The next exchange starts afresh.",
            )
        if not PRINTABLE.fullmatch(line):
            raise self._garbage(line, "this is no line of data")
        return line.decode("ascii")

    def _line(self, deadline: float) -> bytes:
        return self._buffer.read_until(LINE_END, deadline - self._clock.now()).removesuffix(LINE_END)

    def _start_afresh(self) -> None:
        """A new link, an empty input buffer at the unit, and silence."""
        self._link.close()
        self._buffer = StreamBuffer(self._link, self._clock)
        self._link.write(ETX)
        wait_for_silence(self._link, self._clock, SILENCE_S)

    def _refusal(self, mnemonic: str, error: str) -> InstrumentError:
        if not re.fullmatch("[01]{4}", error):
            return self._garbage(error.encode("ascii"), "this is no error word")
        reasons = [text for bit, text in ERRORS.items() if int(error) // bit % 10]
        return ProtocolError(
            f"the unit refused {mnemonic}: {', '.join(reasons) or 'no reason'} ({error})",
            where=str(self._link.address),
            remedy="Check the model, and that the channel exists.",
        )

    def _garbage(self, data: bytes, what: str) -> FramingError:
        return FramingError(
            f"{what}: {data[:64]!r}",
            where=str(self._link.address),
            remedy="Check baud rate and cable; the next exchange starts afresh.",
        )
