"""A person who answers by a script: for runs in virtual time, and to try a protocol before people come.

    operando_answers: 1
    answers:
      - to: The box is closed and filled. Carry it to the microscope, and confirm when it is in the chamber.
        answer: confirmed
        after: 12 min
        by: A. Scientist
        does: [{at: 2 min, physics: vent}, {at: 11 min, physics: carry box, to: chamber}]

What people do is done in a simulated world only, in the words of the control door of `operando simulate`.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Annotated, Literal

import anyio
from pydantic import Field, JsonValue, RootModel, model_validator

from operando.drivers.clock import Clock
from operando.drivers.documents import (
    Document,
    DocumentError,
    Problem,
    StrictModel,
    parse_document,
    read_document,
    unknown_word,
)
from operando.drivers.errors import ConfigMismatch
from operando.drivers.links import PeopleInWorld
from operando.drivers.units import Time, si
from operando.protocols.program import AskOperator, Program
from operando.protocols.runner.answers import asked_for, value_of
from operando.protocols.runner.operator import Answer, NobodyAnswered
from operando.protocols.runner.steering import Steering

__all__ = ["OperatorScript", "ScriptedPerson", "load_answers", "parse_answers"]

AT = "at"
AT_LEAST_S = 1.0
"""Before an answer that is given every time: one that is refused is asked for again, and nobody is quicker."""


class DeedEntry(RootModel[dict[str, JsonValue]]):
    """An order of the control door, and when it is given, from the question on."""

    @model_validator(mode="after")
    def _when(self) -> "DeedEntry":
        self.at_s  # noqa: B018  raises what is wrong with it
        return self

    @property
    def at_s(self) -> float:
        """Seconds after the question."""
        at = self.root.get(AT, "0 s")
        if not isinstance(at, str):
            raise ValueError(f"'at: {at}' has no unit; write for instance 'at: 2 min'")
        return si(at, "s")

    @property
    def order(self) -> dict[str, JsonValue]:
        """For the world."""
        return {name: value for name, value in self.root.items() if name != AT}


class AnswerEntry(StrictModel):
    """What somebody does and answers when he is asked something."""

    to: Annotated[str, Field(min_length=1)]
    answer: Annotated[str, Field(min_length=1)]
    after: Annotated[Time, Field(ge=0)] = 0.0
    by: Annotated[str, Field(min_length=1)] = "script"
    every_time: bool = False
    does: tuple[DeedEntry, ...] = ()


class MeanwhileEntry(StrictModel):
    """What somebody wants of the run without being asked, at a run time."""

    at: Annotated[Time, Field(ge=0)]
    do: Literal["hand over", "take back", "hold", "continue", "pause", "resume", "note", "park", "park after step"]
    by: Annotated[str, Field(min_length=1)] = "script"
    text: str = ""

    def ask(self, steering: Steering) -> None:
        """Ask the run for it; what is refused is noted."""
        wishes: Mapping[str, Callable[[str, str], None]] = {
            "hand over": steering.hand_over,
            "take back": steering.take_back,
            "hold": steering.hold_cycling,
            "continue": steering.continue_cycling,
            "pause": steering.pause_imaging,
            "resume": steering.resume_imaging,
            "note": lambda who, text: steering.note(text, who),
            "park": steering.park,
            "park after step": partial(steering.park, after_step=True),
        }
        try:
            wishes[self.do](self.by, self.text)
        except ConfigMismatch as refused:
            steering.note(f"{self.do} was refused: {refused}", self.by)


class AnswersFile(StrictModel):
    """Everything that may stand in a file of answers."""

    operando_answers: Literal[1]
    answers: tuple[AnswerEntry, ...]
    meanwhile: tuple[MeanwhileEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class OperatorScript:
    """The answers of a file, in its order, and what is wanted without a question."""

    document: Document
    answers: Sequence[AnswerEntry]
    meanwhile: Sequence[MeanwhileEntry] = ()

    def steers(self, steering: Steering) -> None:
        """For `RunOptions.steered_by`: ask for what is wanted without a question, each at its time."""
        loop = asyncio.get_running_loop()
        for entry in self.meanwhile:
            loop.call_later(max(0.0, entry.at - steering.now_s), entry.ask, steering)

    def after(self, time_s: float) -> "OperatorScript":
        """What is left of it when a session begins at this run time: all answers, and what is wanted later."""
        return replace(self, meanwhile=tuple(entry for entry in self.meanwhile if entry.at > time_s))

    def require_fits(self, program: Program) -> None:
        """Every answer is to a question of the program, and none is given for ever that is no answer to it.

        Raises:
            DocumentError: with the line of each that is wrong.
        """
        asked = [action for action in program if isinstance(action, AskOperator)]
        questions = [action.question for action in asked]
        wrong = [
            self._problem(index, "to", unknown_word("question", entry.to, questions))
            for index, entry in enumerate(self.answers)
            if entry.to not in questions and not _asked_by_the_runner(entry.to)
        ]
        wrong += [
            self._problem(index, "answer", what)
            for index, entry in enumerate(self.answers)
            if entry.every_time
            for what in dict.fromkeys(_no_answer(action, entry) for action in asked if action.question == entry.to)
            if what
        ]
        if wrong:
            raise DocumentError(wrong)

    def _problem(self, index: int, key: str, what: str) -> Problem:
        line = self.document.line(("answers", index, key))
        return Problem(self.document.file, line, f"answers[{index}].{key}", what)


def load_answers(path: Path) -> OperatorScript:
    """Read a file of answers.

    Raises:
        DocumentError: with file, line and what is allowed.
    """
    return _script(read_document(path))


def parse_answers(text: str, file: str) -> OperatorScript:
    """Take the text of such a file, which goes by a name.

    Raises:
        DocumentError: as `load_answers`.
    """
    return _script(parse_document(text, file))


def _script(document: Document) -> OperatorScript:
    file = document.validate(AnswersFile)
    return OperatorScript(document, file.answers, file.meanwhile)


class ScriptedPerson:
    """Answers each question by the first entry for it that is left; without one nobody answers.

    Args:
        script: what is done and answered.
        clock: of the run.
        world: where things are done; None on a bench that is not simulated.
    """

    def __init__(self, script: OperatorScript, clock: Clock, world: PeopleInWorld | None) -> None:
        self._left = list(script.answers)
        self._clock = clock
        self._world = world

    async def ask(self, question: AskOperator) -> Answer:
        """Do what the script says, then answer.

        Raises:
            NobodyAnswered: if it has no answer to this.
            ConfigMismatch: if something is to be done that the world does not allow.
        """
        entry = next((one for one in self._left if question.question.startswith(one.to)), None)
        if entry is None:
            raise NobodyAnswered(
                f"the script has no answer to {question.question!r}",
                remedy="Add one to the file of answers, or give `otherwise` in the protocol.",
            )
        if not entry.every_time:
            self._left.remove(entry)
        asked_s = self._clock.now()
        for deed in sorted(entry.does, key=lambda deed: deed.at_s):
            await self._until(asked_s + deed.at_s)
            self._do(deed)
        await self._until(asked_s + (max(entry.after, AT_LEAST_S) if entry.every_time else entry.after))
        return Answer(entry.answer, entry.by)

    async def _until(self, time_s: float) -> None:
        await anyio.sleep(max(0.0, time_s - self._clock.now()))

    def _do(self, deed: DeedEntry) -> None:
        if self._world is None:
            raise ConfigMismatch(
                f"{deed.order} can be done in a simulated world only",
                remedy="On a real bench people do what they are asked; leave `does` out of the file of answers.",
            )
        try:
            self._world.obey(deed.order, self._clock.now())
        except ValueError as error:
            raise ConfigMismatch(f"the simulated world does not allow it: {error}") from error


def _no_answer(action: AskOperator, entry: AnswerEntry) -> str:
    """Why an answer that is given every time would be refused every time; empty if it is one."""
    try:
        value_of(action, entry.answer)
    except ConfigMismatch:
        said = f"{entry.answer!r} is no answer to {action.question!r}, and given every time it is refused every time"
        return f"{said}; write {asked_for(action)}"
    return ""


def _asked_by_the_runner(text: str) -> bool:
    return text.startswith(("The phase ", "The session begins"))
