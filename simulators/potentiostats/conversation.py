"""One client's connection: lines in, scripts put together, replies and script output out."""

from collections.abc import Callable

from operando.simulators.engine import Outbox
from operando.simulators.potentiostats.commands import CommandRefused, Commands
from operando.simulators.potentiostats.errors import ErrorCode, ScriptRefused
from operando.simulators.potentiostats.instrument import Instrument

__all__ = ["EmStat4Conversation"]

_XON = b"\x11"


class EmStat4Conversation:
    """A client at the port.

    A script begins with a line `e` or `l` and ends with an empty line. After an error reply the instrument is deaf
    for a while: what arrives then is lost, whole or in part.
    """

    closed = False

    def __init__(self, instrument: Instrument, commands: Commands, now: float, hang_up: Callable[[], None]) -> None:
        self._instrument = instrument
        self._commands = commands
        self._hang_up = hang_up
        self._outbox = Outbox()
        self._received = b""
        self._deaf_until = now
        self._script: list[str] | None = None
        self._script_command = ""
        instrument.listener = self._outbox
        if instrument.settings.xon_at_connect:
            self._outbox.put(_XON, now)

    def feed(self, data: bytes, now: float) -> None:
        """Bytes arrived; complete lines are acted upon."""
        self._instrument.world.advance(now)
        if self.closed or now < self._deaf_until:
            return
        self._received += data
        while b"\n" in self._received:
            raw, _, self._received = self._received.partition(b"\n")
            self._line(raw, now)
            if now < self._deaf_until:
                self._received = b""

    def due(self) -> float | None:
        """The next reply, or the next moment of the running script."""
        promised, execution = self._outbox.due(), self._instrument.execution
        next_event = None if execution is None else execution.due_s
        times = [time for time in (promised, next_event) if time is not None]
        return min(times, default=None)

    def collect(self, now: float) -> list[bytes]:
        """What the instrument has said by now; each line is one write."""
        self._instrument.world.advance(now)
        return self._outbox.collect(now)

    def disconnect(self, now: float) -> None:
        """The port is free again; a running script goes on and its output is lost."""
        self._instrument.world.advance(now)
        if not self.closed:
            self.closed = True
            self._hang_up()

    def _line(self, raw: bytes, now: float) -> None:
        line = raw.decode("latin-1")
        if len(raw) + 1 > self._instrument.settings.maximum_line_length:
            self._refuse(self._script_command or line[:1], f"{ErrorCode.COMMAND_TOO_LONG:04X}", now)
        elif self._script is None:
            self._command(line, now)
        elif line:
            self._script.append(line)
        else:
            self._script_complete(tuple(self._script), now)

    def _command(self, line: str, now: float) -> None:
        if line in ("e", "l") and self._instrument.execution is None:
            self._script, self._script_command = [], line
            return
        try:
            self._reply(self._commands.answer(line, now), now)
        except CommandRefused as refused:
            self._refuse(line[:1], f"{refused.code:04X}", now)

    def _script_complete(self, lines: tuple[str, ...], now: float) -> None:
        command, self._script_command, self._script = self._script_command, "", None
        instrument = self._instrument
        try:
            if command == "e":
                instrument.run(lines, now + instrument.settings.reply_latency_s)
            else:
                instrument.check(lines)
        except ScriptRefused as refused:
            self._refuse(command, str(refused), now)
            return
        instrument.loaded = lines
        self._reply(command + "\n", now)

    def _reply(self, text: str, now: float) -> None:
        if text:
            self._outbox.put(text.encode("latin-1"), now + self._instrument.settings.reply_latency_s)

    def _refuse(self, letter: str, error: str, now: float) -> None:
        self._script, self._script_command = None, ""
        self._reply(f"{letter}!{error}\n", now)
        settings = self._instrument.settings
        if settings.deaf_after_error_s > 0:
            self._deaf_until = now + settings.reply_latency_s + settings.deaf_after_error_s
