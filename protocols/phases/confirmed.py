"""What people have confirmed in the phase that the run is in; what no gauge can tell rests on that alone."""

from collections.abc import Iterable, Mapping

from pydantic import JsonValue

from operando.protocols.document.people import CONFIRMED, NOT_CONFIRMED

__all__ = ["NOBODY", "Confirmed"]

NOBODY = "nobody (otherwise)"
"""Who has answered, where the protocol says what is taken instead."""


class Confirmed:
    """Questions with `confirm: true` that a person has confirmed since the phase began, and not taken back."""

    def __init__(self) -> None:
        self._questions: set[str] = set()

    def __bool__(self) -> bool:
        return bool(self._questions)

    def answered(self, question: str, text: str, who: str) -> None:
        """A question that confirms was answered; what the protocol takes for an answer confirms nothing."""
        if text == NOT_CONFIRMED:
            self._questions.discard(question)
        elif text == CONFIRMED and who != NOBODY:
            self._questions.add(question)

    def phase_begins(self) -> None:
        """What was confirmed before says nothing of the next phase."""
        self._questions.clear()

    def restore(self, events: Iterable[Mapping[str, JsonValue]], phase: str) -> None:
        """Take over what was confirmed in the phase in which an earlier process was killed."""
        said, confirms = "", False
        for event in events:
            match event["source"], event["kind"]:
                case "phase", _ if "phase_entered" in event and event["phase_entered"] != said:
                    said = str(event["phase_entered"])
                    self.phase_begins()
                case "operator", "question":
                    confirms = event.get("answers") == [CONFIRMED, NOT_CONFIRMED]
                case "operator", "answer" if confirms:
                    self.answered(str(event["question"]), str(event["message"]), str(event["who"]))
        if said != phase:  # it was killed after the journal knew of the phase, and before it was told
            self.phase_begins()
