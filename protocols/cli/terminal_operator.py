"""Asks the person at the terminal."""

import getpass
import sys
from dataclasses import replace

import anyio.to_thread
from rich.console import Console
from rich.prompt import Prompt

from operando.drivers.clock import Clock
from operando.drivers.errors import ConfigMismatch
from operando.drivers.timeline import outside
from operando.protocols.cli.terminal import Display
from operando.protocols.program import AskOperator
from operando.protocols.runner import Answer, NobodyAnswered
from operando.protocols.runner.answers import asked_for, value_of

__all__ = ["TerminalOperator"]


class TerminalOperator:
    """Asks on the terminal, and again until the answer is one of those allowed.

    In virtual time nothing passes while a person thinks; on a real bench the cell rests meanwhile, and the question
    ends when its time is over.

    Args:
        console: where to ask if there is no display.
        who: name for the record; empty takes the name of the user.
        clock: of the run.
        display: of the run, which asks if there is one.
    """

    def __init__(self, console: Console, who: str, clock: Clock, display: Display | None = None) -> None:
        self._console = console
        self._who = who or getpass.getuser()
        self._clock = clock
        self._display = display
        self._last: tuple[AskOperator | None, str] = None, ""

    async def ask(self, question: AskOperator) -> Answer:
        """Ask and wait.

        Raises:
            NobodyAnswered: if nobody can sit there, because this is no terminal.
        """
        asked = self._in_full(question)
        if self._display is not None:
            try:
                text = await outside(self._clock, self._display.ask(asked), 0.0)
            finally:
                self._display.withdraw()
            return self._answered(question, text)
        if not sys.stdin.isatty():
            raise NobodyAnswered(
                f"nobody is there to answer {question.question!r}",
                remedy="Run the protocol in a terminal, or give `otherwise` in the protocol.",
            )
        if self._clock.virtual:
            text = self._prompt(asked)
        else:
            text = await anyio.to_thread.run_sync(self._prompt, asked, abandon_on_cancel=True)
        return self._answered(question, text)

    def _in_full(self, question: AskOperator) -> AskOperator:
        """With what may be answered and, if it is asked again, why the last answer was none."""
        words = f"{question.question} ({asked_for(question)})" if question.value is not None else question.question
        before, text = self._last
        if before is question:
            try:
                value_of(question, text)
            except ConfigMismatch as refused:
                words = f"{refused} {words}"
        return replace(question, question=words)

    def _answered(self, question: AskOperator, text: str) -> Answer:
        self._last = question, text
        return Answer(text, self._who)

    def _prompt(self, question: AskOperator) -> str:
        allowed = list(question.answers) or None
        return Prompt.ask(question.question, console=self._console, choices=allowed)
