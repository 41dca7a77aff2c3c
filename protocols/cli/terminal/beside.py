"""Starts the display beside a run, talks with it, and gives the terminal back whatever becomes of it."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from pathlib import Path

from pydantic import ValidationError
from rich.console import Console

from operando.protocols.cli.terminal.conversation import Answer, Told
from operando.protocols.cli.terminal.keyboard import Modes, no_terminal
from operando.protocols.program import AskOperator
from operando.protocols.runner import NobodyAnswered

__all__ = ["Display", "can_display", "terminal_display"]

LEAVES_WITHIN_S = 5.0
SHOW_CURSOR = "\x1b[?25h"


def can_display(console: Console, *, json: bool) -> bool:
    """Whether somebody sits there: output goes to a terminal, and keys come from one."""
    return not json and console.is_terminal and sys.stdin.isatty() and not no_terminal()


class Display:
    """The display of a run, in a process of its own, while the block lasts.

    Args:
        folder: of the record, which need not be there yet.
        who: steers, for the record.
        console: on the terminal.
    """

    def __init__(self, folder: Path, who: str, console: Console) -> None:
        self._console = console
        self._modes = Modes()
        self._ending = False
        self._answer: Future[str] | None = None
        self._process = subprocess.Popen(
            [sys.executable, "-m", "operando.protocols.cli.terminal", str(folder.absolute()), who],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=sys.stdout.fileno(),
            text=True,
            encoding="utf-8",
        )
        self._reader = threading.Thread(target=self._read, name="display", daemon=True)
        self._reader.start()

    def ask(self, question: AskOperator) -> "Future[str]":
        """Put a question of the protocol to whoever sits there."""
        self._answer = Future()
        self._say(Told(say="question", text=question.question, answers=list(question.answers)))
        if self._process.poll() is not None:
            self._nobody(self._answer)
        return self._answer

    def withdraw(self) -> None:
        """Nobody waits for the answer any more."""
        self._answer = None
        self._say(Told(say="withdrawn"))

    def ending(self, text: str) -> None:
        """Say what is being done since Ctrl-C."""
        self._say(Told(say="ending", text=text))

    def tell(self, text: str, style: str = "") -> None:
        """Say something above what is drawn."""
        if self._process.poll() is None:
            self._say(Told(say="line", text=text, style=style))
        else:
            self._console.print(text, style=style, markup=False, soft_wrap=True)

    def leave(self) -> None:
        """End the display and wait until the terminal is as it was."""
        self._ending = True
        with suppress(OSError):
            if self._process.stdin is not None:
                self._process.stdin.close()
        try:
            self._process.wait(LEAVES_WITHIN_S)
        except subprocess.TimeoutExpired:
            self.cut_off()
        self._reader.join(LEAVES_WITHIN_S)
        self._modes.restore()

    def cut_off(self) -> None:
        """End the display at once."""
        self._ending = True
        self._process.kill()
        self._process.wait()
        self._modes.restore()
        self._console.file.write(SHOW_CURSOR)
        self._console.file.flush()

    def _say(self, told: Told) -> None:
        with suppress(OSError, ValueError):  # a display that is gone hears nothing, and the run goes on
            if self._process.stdin is not None:
                self._process.stdin.write(told.model_dump_json() + "\n")
                self._process.stdin.flush()

    def _read(self) -> None:
        """Answers, until the display is gone."""
        if self._process.stdout is None:
            return
        with self._process.stdout as lines:
            for line in lines:
                with suppress(ValidationError):
                    answer = Answer.model_validate_json(line).answer
                    if self._answer is not None and not self._answer.done():
                        self._answer.set_result(answer)
        if self._answer is not None and not self._answer.done():
            self._nobody(self._answer)
        if not self._ending:
            self._modes.restore()
            self._console.print("the display has ended; the run goes on. Ctrl-C finishes it safely", style="yellow")

    @staticmethod
    def _nobody(answer: "Future[str]") -> None:
        error = NobodyAnswered("the display has ended while it asked", remedy="Give `otherwise` in the protocol.")
        answer.set_exception(error)


@contextmanager
def terminal_display(folder: Path, who: str, console: Console, *, shown: bool) -> Iterator[Display | None]:
    """Show a run while the block lasts, if it is to be shown."""
    if not shown:
        yield None
        return
    display = Display(folder, who, console)
    try:
        yield display
    finally:
        display.leave()
