"""The conversation with a SourceMeter: one question, one answer, and never an answer to the question before.

SCPI echoes nothing: an answer that comes after its time-out would be taken for the answer to the next question. So
after anything that went wrong the link is closed and opened anew, the line is listened to until it is quiet, what lies
on it before a question is thrown away, and each answer must look like one to its question.
"""

import re

from operando.drivers.clock import Clock
from operando.drivers.errors import FramingError, StaleReply, TransportError, TransportTimeout
from operando.drivers.links import StreamBuffer
from operando.drivers.links.reopening import ReopeningLink
from operando.drivers.potentiostats.keithley.event_queue import Entry, error_of, parse_entry

__all__ = ["NUMBER", "ScpiSession"]

REPLY_TIMEOUT_S = 1.0
QUIET_S = 0.15
LONGEST_DRAIN_S = 1.0
MOST_ENTRIES = 20
MOST_LINES = 300

SIGNED = r"[+-]?\d+(?:\.\d*)?(?:[Ee][+-]?\d+)?"
NUMBER = re.compile(SIGNED)
ENTRY = re.compile(r'[+-]?\d+,".*"')
SWITCH = re.compile(r"[01]")


class ScpiSession:
    """Tells and asks. One caller at a time."""

    def __init__(self, link: ReopeningLink, clock: Clock) -> None:
        self._link = link
        self._clock = clock
        self._buffer = StreamBuffer(link, clock)
        self._unsettled = False

    def tell(self, *commands: str) -> None:
        """Send commands, each as a message of its own."""
        self._settle()
        self._write("".join(f"{command}\n" for command in commands))

    def ask(self, query: str, shape: "re.Pattern[str]", timeout_s: float = REPLY_TIMEOUT_S) -> str:
        """Ask, and give the answer.

        Raises:
            TransportTimeout: if none comes in time.
            StaleReply: if what comes is no answer to this question.
        """
        self._settle()
        self._buffer.available()
        self._write(f"{query}\n")
        reply = self._line(timeout_s)
        if shape.fullmatch(reply) is None:
            self._lose()
            raise StaleReply(
                f"{query} was answered by {reply[:100]!r}, which belongs to another question",
                remedy="The link is opened anew at the next try. Close other programs that use the instrument.",
            )
        return reply

    def ask_number(self, query: str) -> float:
        """A number."""
        return float(self.ask(query, NUMBER))

    def ask_switch(self, query: str) -> bool:
        """Whether something is on."""
        return self.ask(query, SWITCH) == "1"

    def ask_lines(self, query: str, last: str, end: "re.Pattern[str]") -> tuple[list[str], str]:
        """An answer of several lines that does not say how many, and another answer by which its end is known.

        Args:
            query: answered by lines.
            last: a question that is asked in the same message.
            end: what its answer looks like, which ends the last line.
        """
        self._settle()
        self._buffer.available()
        self._write(f"{query};{last}\n")
        lines = [self._line(REPLY_TIMEOUT_S)]
        while (found := end.search(lines[-1])) is None:
            if len(lines) > MOST_LINES:
                self._lose()
                raise FramingError(f"the answer to {query} does not end: {lines[-1][:100]!r}")
            lines.append(self._line(REPLY_TIMEOUT_S))
        lines[-1] = lines[-1][: found.start()]
        return lines, found[0]

    def complaints(self) -> list[Entry]:
        """Everything that the error queue holds; it is empty afterwards."""
        entries: list[Entry] = []
        while len(entries) < MOST_ENTRIES:
            entry = parse_entry(self.ask(":SYST:ERR?", ENTRY))
            if entry.code == 0:
                break
            entries.append(entry)
        return entries

    def require_no_complaint(self, doing: str) -> None:
        """Raises ProtocolError or DeviceFault, with all that the error queue holds, if it holds anything."""
        entries = self.complaints()
        if entries:
            raise error_of(entries, doing)

    def close(self) -> None:
        """Let go of the wire."""
        self._link.close()

    def _line(self, timeout_s: float) -> str:
        try:
            line = self._buffer.read_until(b"\n", timeout_s)
        except (TransportError, FramingError):
            self._lose()
            raise
        try:
            return line.decode("ascii").strip()
        except UnicodeDecodeError as error:
            self._lose()
            raise FramingError(f"no text: {line[:100]!r}") from error

    def _write(self, text: str) -> None:
        try:
            self._link.write(text.encode("ascii"))
        except TransportError:
            self._lose()
            raise

    def _lose(self) -> None:
        """The link cannot be trusted any more."""
        self._link.close()
        self._buffer = StreamBuffer(self._link, self._clock)
        self._unsettled = True

    def _settle(self) -> None:
        """Open the link anew after something went wrong, and listen until nothing comes any more."""
        if not self._unsettled:
            return
        deadline_s = self._clock.now() + LONGEST_DRAIN_S
        while self._clock.now() < deadline_s:
            try:
                self._link.read(QUIET_S)
            except TransportTimeout:
                break
        self._unsettled = False
