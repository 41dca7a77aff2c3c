"""A question that waits for a person: asked at the terminal and wherever else the run is steered from."""

from collections.abc import Callable

from operando.drivers.errors import ConfigMismatch
from operando.protocols.phases import NOBODY
from operando.protocols.program import AskOperator
from operando.protocols.runner.answers import value_of
from operando.protocols.runner.operator import Answer, NobodyAnswered, Operator

__all__ = ["OpenQuestion"]


class OpenQuestion:
    """One question; the first answer that is one counts.

    Args:
        action: as the protocol asks it.
        refused: told what was answered and is no answer, by whom, and why.
    """

    def __init__(self, action: AskOperator, refused: Callable[[Answer, str], None] = lambda answer, why: None) -> None:
        self._action = action
        self._refused = refused
        self._answer: Answer | None = None
        self._nobody: NobodyAnswered | None = None
        self._over = False

    def over(self) -> bool:
        """Whether nobody waits for an answer any more."""
        return self._over

    def take(self, text: str, who: str) -> None:
        """Answer it from elsewhere than the terminal.

        Raises:
            ConfigMismatch: if it is answered already, or this is none of its answers.
        """
        if self._over:
            raise ConfigMismatch(f"{self._action.question!r} is answered already", remedy="Look at the events.")
        self._accept(Answer(text, who))

    async def ask(self, operator: Operator, *, others_may_answer: bool) -> None:
        """Ask at the terminal, again until the answer is one; where nobody is, it is over unless others may answer."""
        try:
            while not self.over():
                answer = await operator.ask(self._action)
                if self.over():
                    return
                try:
                    self._accept(answer)
                except ConfigMismatch:
                    continue  # it is recorded as refused, and asked again
        except NobodyAnswered as error:
            self._nobody = error
            self._over = self._over or not others_may_answer

    def answer(self) -> Answer:
        """What was answered, or what the protocol takes instead.

        Raises:
            NobodyAnswered: if it takes nothing instead.
        """
        action = self._action
        if self._answer is not None:
            return self._answer
        if action.otherwise is not None:
            return Answer(action.otherwise, NOBODY)
        raise self._nobody or NobodyAnswered(
            f"nobody answered {action.question!r} within {action.at_most_s:g} s",
            remedy="Give `otherwise` in the protocol, or more time.",
        )

    def _accept(self, answer: Answer) -> None:
        try:
            value_of(self._action, answer.text)
        except ConfigMismatch as error:
            self._refused(answer, str(error))
            raise
        self._answer, self._over = answer, True
