"""A question that waits for a person: asked at the terminal and wherever else the run is steered from."""

from operando.drivers.errors import ConfigMismatch
from operando.protocols.program import AskOperator
from operando.protocols.runner.operator import Answer, NobodyAnswered, Operator

__all__ = ["OpenQuestion"]


class OpenQuestion:
    """One question; the first answer counts."""

    def __init__(self, action: AskOperator) -> None:
        self._action = action
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
        asked, allowed = self._action.question, self._action.answers
        if self._over:
            raise ConfigMismatch(f"{asked!r} is answered already", remedy="Look at the events.")
        if not text.strip() or (allowed and text not in allowed):
            raise ConfigMismatch(
                f"{text!r} is no answer to {asked!r}", remedy=f"Answer {' or '.join(allowed) or 'something'}."
            )
        self._answer, self._over = Answer(text, who), True

    async def ask(self, operator: Operator, *, others_may_answer: bool) -> None:
        """Ask at the terminal; if nobody is there, it is over unless others may answer."""
        try:
            answer = await operator.ask(self._action)
        except NobodyAnswered as error:
            self._nobody = error
            self._over = self._over or not others_may_answer
            return
        self._answer, self._over = self._answer or answer, True

    def answer(self) -> Answer:
        """What was answered, or what the protocol takes instead.

        Raises:
            NobodyAnswered: if it takes nothing instead.
        """
        action = self._action
        if self._answer is not None:
            return self._answer
        if action.otherwise is not None:
            return Answer(action.otherwise, "nobody (otherwise)")
        raise self._nobody or NobodyAnswered(
            f"nobody answered {action.question!r} within {action.at_most_s:g} s",
            remedy="Give `otherwise` in the protocol, or more time.",
        )
