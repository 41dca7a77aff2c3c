"""Questions to a person, and who answered what."""

from dataclasses import dataclass
from typing import Protocol

from operando.drivers.errors import OperandoError
from operando.protocols.program import AskOperator

__all__ = ["Answer", "NobodyAnswered", "Operator", "ScriptedOperator"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What was said, and by whom."""

    text: str
    who: str


class NobodyAnswered(OperandoError):
    """A question went unanswered and the protocol names no answer to take instead."""


class Operator(Protocol):
    """Asks a person."""

    async def ask(self, question: AskOperator) -> Answer:
        """Wait for an answer; the runner bounds the waiting."""
        ...


class ScriptedOperator:
    """Answers from a list, for tests and for runs in virtual time; when the list is over nobody answers."""

    def __init__(self, *answers: str, who: str = "script") -> None:
        self._answers = list(answers)
        self._who = who

    async def ask(self, question: AskOperator) -> Answer:
        if not self._answers:
            raise NobodyAnswered(
                f"nobody is there to answer {question.question!r}",
                remedy="Run the protocol where a person can answer, or give `otherwise` in the protocol.",
            )
        return Answer(self._answers.pop(0), self._who)
