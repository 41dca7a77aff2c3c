"""Lines to and from a MethodSCRIPT instrument, by deadline; replies stand in the same stream as running data."""

import re
from collections.abc import Callable

from operando.drivers.clock import Clock
from operando.drivers.errors import TransportClosed, TransportTimeout
from operando.drivers.links import StreamBuffer
from operando.drivers.links.reopening import ReopeningLink

__all__ = ["MethodScriptWire"]

DEAF_S = 0.1
"""After an error reply the instrument ignores what it is sent for 50 to 100 ms."""

# An XON at connect, carriage returns and other control characters carry no meaning.
# The end of a file that is fetched (fs_get) does.
END_OF_FILE = 0x1C
CONTROL_CHARACTERS = bytes(code for code in range(32) if code not in (10, END_OF_FILE))
ERROR_REPLY = re.compile(rb"[A-Za-z]?![0-9A-F]{4}.*")


class MethodScriptWire:
    """Sends text and hands out whole lines, without their line feed.

    Bytes of a lost link are forgotten. The first line of a new link may be the tail of one: `tail` tells.
    """

    def __init__(self, link: ReopeningLink, clock: Clock, inter_line_delay_s: float = 0.0) -> None:
        self._link = link
        self._clock = clock
        self._inter_line_delay_s = inter_line_delay_s
        self._buffer = StreamBuffer(link, clock)
        self._losses = link.losses
        self._loss: TransportClosed | None = None
        self._hears_again_at = 0.0
        self.tail = True

    def send(self, text: str) -> None:
        """Send lines, once the instrument listens.

        Raises:
            TransportClosed: if the other end is gone.
        """
        self._clock.sleep_until(self._hears_again_at)
        self._start_afresh_after_loss()
        if self._inter_line_delay_s <= 0:
            self._link.write(text.encode("ascii"))
            return
        for line in text.splitlines(keepends=True):
            self._link.write(line.encode("ascii"))
            self._clock.sleep_until(self._clock.now() + self._inter_line_delay_s)

    def available(self) -> list[bytes]:
        """All whole lines that are here, without waiting.

        Raises:
            TransportClosed: if the other end is gone; lines that came before are given out first.
        """
        if self._loss is not None:
            loss, self._loss = self._loss, None
            raise loss
        self._start_afresh_after_loss()
        try:
            data = self._buffer.available()
        except TransportClosed as loss:
            self._loss = loss
            data = self._buffer.read_exactly(len(self._buffer), 0.0)
        whole, feed, rest = data.rpartition(b"\n")
        self._buffer.give_back(rest)
        if feed:
            return [self._heard(line) for line in whole.split(b"\n")]
        return self.available() if self._loss is not None else []

    def read_until(self, pattern: "re.Pattern[bytes]", others: Callable[[bytes], None], timeout_s: float) -> bytes:
        """The first line that matches wholly; all lines before it go to `others`.

        Raises:
            TransportTimeout: if it did not come in time; it names the first of the lines that did.
            TransportClosed: if the other end is gone.
        """
        deadline = self._clock.now() + timeout_s
        first = b""
        while True:
            try:
                line = self._heard(self._buffer.read_until(b"\n", deadline - self._clock.now())[:-1])
            except TransportTimeout as error:
                raise error.passing_over(first) from None
            if pattern.fullmatch(line):
                self.tail = False
                return line
            first = first or line
            others(line)
            self.tail = False

    def close(self) -> None:
        """Let go of the link."""
        self._link.close()

    def _heard(self, line: bytes) -> bytes:
        text = line.translate(None, CONTROL_CHARACTERS)
        if ERROR_REPLY.fullmatch(text):
            self._hears_again_at = self._clock.now() + DEAF_S
        return text

    def _start_afresh_after_loss(self) -> None:
        if self._link.losses != self._losses:
            self._losses = self._link.losses
            self._buffer = StreamBuffer(self._link, self._clock)
            self.tail = True
