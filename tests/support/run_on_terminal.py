"""A command in a pseudo terminal, as a person has it before them: keys go in, what is shown comes out."""

import os
import pty
import re
import select
import signal
import sys
import termios
from pathlib import Path
from types import TracebackType

from operando.drivers.clock import RealClock

__all__ = ["OnTerminal"]

PATIENT_S = 30.0
"""Longer than anything takes on a busy machine; reached only when a test fails."""
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07]*\x07|\r")


class OnTerminal:
    """Runs `operando` while the block lasts.

    Args:
        folder: in which it runs.
        command: what is typed after `operando`.
    """

    def __init__(self, folder: Path, *command: str) -> None:
        self.process, self._terminal = pty.fork()
        if self.process == 0:
            os.chdir(folder)
            os.environ.update(COLUMNS="100", LINES="40", TERM="xterm-256color")
            os.execv(sys.executable, [sys.executable, "-m", "operando.protocols.cli", *command])
        self._shown = ""
        self.exit_code: int | None = None

    def __enter__(self) -> "OnTerminal":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.exit_code is None:
            os.kill(self.process, signal.SIGKILL)
            os.waitpid(self.process, 0)
        os.close(self._terminal)

    @property
    def shown(self) -> str:
        """Everything that was ever shown, without colours and movements of the cursor."""
        return self._shown

    def echoes(self) -> bool:
        """Whether the terminal is in the modes of a shell: lines with echo."""
        modes = termios.tcgetattr(self._terminal)[3]
        return bool(modes & termios.ECHO and modes & termios.ICANON)

    def press(self, keys: str) -> None:
        """Press keys, one after the other."""
        os.write(self._terminal, keys.encode())

    def signal(self, number: int) -> None:
        """A signal for the command alone."""
        os.kill(self.process, number)

    def until(self, text: str) -> str:
        """Wait until something new is shown; returns everything new up to it, and goes on behind it.

        Raises:
            AssertionError: if the command ends, or it takes too long.
        """
        begin, clock = self._seen, RealClock()
        while (found := self._shown.find(text, begin)) < 0:
            assert clock.now() < PATIENT_S, f"{text!r} is not shown:\n{self._shown[-3000:]}"
            assert self._read(), f"it ended without {text!r}:\n{self._shown[begin:][-3000:]}"
        self._seen = found + len(text)
        return self._shown[begin : self._seen]

    def until_ever_shown(self, text: str) -> None:
        """Wait until something has been shown, now or before.

        Raises:
            AssertionError: if the command ends, or it takes too long.
        """
        clock = RealClock()
        while text not in self._shown:
            assert clock.now() < PATIENT_S, f"{text!r} is not shown:\n{self._shown[-3000:]}"
            assert self._read(), f"it ended without {text!r}:\n{self._shown[-3000:]}"

    def until_over(self) -> str:
        """Wait for the end; returns what was shown since the last wait."""
        while self._read():
            pass
        _, status = os.waitpid(self.process, 0)
        self.exit_code = os.waitstatus_to_exitcode(status)
        return self._shown[self._seen :]

    _seen = 0

    def _read(self) -> bool:
        ready, _, _ = select.select([self._terminal], [], [], PATIENT_S)
        assert ready, f"nothing happened:\n{self._shown[-3000:]}"
        try:
            more = os.read(self._terminal, 65536)
        except OSError:  # the other end is closed
            return False
        self._shown += ESCAPES.sub("", more.decode("utf-8", "replace"))
        return bool(more)
