"""Entries of `cycling` in which people take part: questions, phases of the box's way, and its leak test."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from operando.drivers.documents import StrictModel, unknown_word
from operando.drivers.units import LeakRate, PositiveTime, si, si_unit_of
from operando.protocols.interlocks import Phase
from operando.protocols.lists import one_or_several
from operando.protocols.program import AskedValue, AskOperator, EnterPhase, LeakTest

__all__ = ["CONFIRMED", "NOT_CONFIRMED", "AskEntry", "LeakTestEntry", "PhaseEntry"]

CONFIRMED, NOT_CONFIRMED = "confirmed", "not confirmed"
"""The answers to a question that confirms something."""

Words = Annotated[str, Field(min_length=1)]


def _known_phase(value: object) -> object:
    if isinstance(value, str) and value not in list(Phase):
        raise ValueError(unknown_word("phase", value, [str(phase) for phase in Phase]))
    return value


class AskEntry(StrictModel):
    """A question to the operator; the cell rests meanwhile."""

    ask: Words
    answers: tuple[Words, ...] = ()
    value: Annotated[str | None, Field(description="the unit in which a value is typed, for instance kPa")] = None
    between: tuple[str, str] | None = None
    confirm: bool = False
    picture: Words | None = None
    at_most: PositiveTime = 3600.0
    otherwise: str | None = None
    ends_run_if: Annotated[tuple[Words, ...] | None, one_or_several] = None

    @model_validator(mode="after")
    def _possible(self) -> "AskEntry":
        if sum((bool(self.answers), self.value is not None, self.confirm)) > 1:
            raise ValueError("a question has 'answers', or asks for a 'value', or is to 'confirm': one of the three")
        if self.between is not None and self.value is None:
            raise ValueError("'between: [90 kPa, 120 kPa]' belongs to 'value: kPa'")
        allowed = self._allowed()
        if self.otherwise is not None and allowed and self.otherwise not in allowed:
            raise ValueError(f"otherwise {self.otherwise!r} is none of the answers: {', '.join(allowed)}")
        for answer in self.ends_run_if or ():
            if answer not in allowed:
                raise ValueError(unknown_word("answer", answer, allowed))
        self._asked_value()
        return self

    def action(self, line: int) -> AskOperator:
        """As an action of the program, still without its number."""
        ends_run_if = self.ends_run_if
        if ends_run_if is None:
            ends_run_if = (NOT_CONFIRMED,) if self.confirm else ()
        return AskOperator(
            number=0,
            cycle=0,
            question=self.ask,
            answers=self._allowed(),
            at_most_s=self.at_most,
            otherwise=self.otherwise,
            line=line,
            value=self._asked_value(),
            confirms=self.confirm,
            picture=self.picture or "",
            ends_run_if=ends_run_if,
        )

    def _allowed(self) -> tuple[str, ...]:
        return (CONFIRMED, NOT_CONFIRMED) if self.confirm else self.answers

    def _asked_value(self) -> AskedValue | None:
        if self.value is None:
            return None
        unit = si_unit_of(self.value)
        lowest, highest = (None, None) if self.between is None else (si(text, unit) for text in self.between)
        if lowest is not None and highest is not None and lowest >= highest:
            raise ValueError(f"between {self.between}: the lower value comes first")
        asked = AskedValue(self.value, unit, lowest, highest)
        if self.otherwise is not None and not _inside(si(self.otherwise, unit), asked):
            raise ValueError(f"otherwise {self.otherwise!r} is outside of what may be answered")
        return asked


def _inside(value: float, asked: AskedValue) -> bool:
    low = -float("inf") if asked.lowest is None else asked.lowest
    high = float("inf") if asked.highest is None else asked.highest
    return low <= value <= high


class PhaseEntry(StrictModel):
    """The box goes on its way; the next phase begins when the gauges confirm that it may."""

    phase: Annotated[Phase, BeforeValidator(_known_phase)]
    at_most: PositiveTime = 3600.0
    otherwise: Literal["end run", "ask"] = "end run"

    def action(self, line: int) -> EnterPhase:
        """As an action of the program, still without its number."""
        return EnterPhase(0, 0, self.phase, self.at_most, self.otherwise, line)


class LeakTestSettings(StrictModel):
    """How long the closed box is watched, and what it may leak at most."""

    for_: PositiveTime = Field(alias="for")
    at_most: Annotated[LeakRate, Field(gt=0)]
    otherwise: Literal["end run", "go on"] = "end run"


class LeakTestEntry(StrictModel):
    """The leak of the closed box, as a figure with its uncertainty."""

    leak_test: LeakTestSettings

    def action(self, line: int) -> LeakTest:
        """As an action of the program, still without its number."""
        test = self.leak_test
        return LeakTest(0, 0, test.for_, test.at_most, test.otherwise, line)
