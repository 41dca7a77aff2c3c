"""How a rule is written in YAML, shipped or in a protocol."""

import re
from collections.abc import Callable
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from operando.drivers.documents import StrictModel, unknown_word
from operando.drivers.units import PositiveTime, Time, si
from operando.protocols.interlocks.actions import Action
from operando.protocols.interlocks.conditions import (
    Always,
    Band,
    BenchLimit,
    Change,
    Condition,
    Difference,
    Leak,
    Limit,
    Quantity,
    Report,
    Source,
)
from operando.protocols.interlocks.limits import BENCH_LIMITS, SAFETY_LIMITS
from operando.protocols.interlocks.phases import Phase
from operando.protocols.interlocks.rules import ClearedBy, Rule
from operando.protocols.lists import one_or_several

__all__ = ["Actions", "ConditionEntry", "Phases", "RuleEntry"]

LIMIT_NAME = re.compile(r"[a-z]+\.[a-z_]+")
UNITS: dict[Quantity, str] = {"pressure": "Pa", "temperature": "K", "force": "N", "voltage": "V", "current": "A"}
LIMIT_UNITS = {name: unit for name, (unit, _) in (*BENCH_LIMITS.items(), *SAFETY_LIMITS.items())}
KINDS = ("gauge", "thermometer", "cell", "leak")
COMPARISONS = {
    "band": ("rises_above", "falls_below"),
    "change": ("rises_faster_than", "falls_faster_than"),
    "report": ("reports",),
    "difference": ("differs_from",),
    "leak": ("exceeds",),
}
LimitText = Annotated[str, Field(description="a quantity with its unit, or a limit of the bench file")]


def _word_of(kind: str, words: type[StrEnum]) -> Callable[[object], object]:
    allowed = [str(word) for word in words]

    def known(value: object) -> object:
        if isinstance(value, str) and value not in allowed:
            raise ValueError(unknown_word(kind, value, allowed))
        return value

    return known


Phases = Annotated[
    tuple[Annotated[Phase, BeforeValidator(_word_of("phase", Phase))], ...], Field(min_length=1), one_or_several
]
Actions = Annotated[
    tuple[Annotated[Action, BeforeValidator(_word_of("action", Action))], ...], Field(min_length=1), one_or_several
]


class ConditionEntry(StrictModel):
    """One condition: what is looked at, and one way to compare it."""

    gauge: str | None = None
    thermometer: str | None = None
    cell: Literal["voltage", "current"] | None = None
    leak: str | None = None
    rises_above: LimitText | None = None
    falls_below: LimitText | None = None
    again_below: LimitText | None = None
    again_above: LimitText | None = None
    stable: Time = 0.0
    lasting: LimitText | None = None
    rises_faster_than: LimitText | None = None
    falls_faster_than: LimitText | None = None
    over: PositiveTime = 1.0
    reports: Annotated[tuple[str, ...], one_or_several] = ()
    differs_from: str | None = None
    by_more_than: LimitText | None = None
    exceeds: LimitText | None = None
    tested: bool = False

    @model_validator(mode="after")
    def _one_condition(self) -> "ConditionEntry":
        if sum(getattr(self, kind) is not None for kind in KINDS) != 1:
            raise ValueError("say what is looked at: one of 'gauge', 'thermometer', 'cell' and 'leak'")
        if (self.leak is None) != (self.exceeds is None):
            raise ValueError("'leak: box' and 'exceeds: 1e-3 mbar*l/s' belong together")
        compared = [kind for kind, keys in COMPARISONS.items() if any(getattr(self, key) for key in keys)]
        if len(compared) != 1:
            raise ValueError("compare in one way, for instance 'rises_above: 0.1 Pa'")
        self.condition()
        return self

    def condition(self) -> Condition:
        """The condition as a value.

        Raises:
            ValueError: if a limit is no quantity of the right kind.
        """
        if self.leak is not None:
            return Leak(self.leak, _limit(self.exceeds, "Pa*m^3/s") or 0.0, self.tested)
        source = self._source()
        unit = UNITS[source.quantity]
        if self.reports:
            return Report(source, self.reports)
        if self.differs_from is not None:
            largest = _limit(self.by_more_than, unit)
            if largest is None:
                raise ValueError("'differs_from' needs 'by_more_than: 1 kPa'")
            return Difference(source, Source(self.differs_from, source.quantity), largest)
        if self.rises_faster_than is not None or self.falls_faster_than is not None:
            rate = f"{unit}/s"
            return Change(source, _limit(self.rises_faster_than, rate), _limit(self.falls_faster_than, rate), self.over)
        return Band(
            source,
            lowest=_limit(self.falls_below, unit),
            highest=_limit(self.rises_above, unit),
            again_lowest=_limit(self.again_above, unit),
            again_highest=_limit(self.again_below, unit),
            stable_s=self.stable,
            lasting_s=_limit(self.lasting, "s") or 0.0,
        )

    def _source(self) -> Source:
        if self.gauge is not None:
            return Source(self.gauge, "pressure")
        if self.thermometer is not None:
            return Source(self.thermometer, "temperature")
        return Source("cell", "voltage" if self.cell == "voltage" else "current")


class RuleEntry(StrictModel):
    """A rule: its name, the phases in which it means something, when it trips, what it does, and who clears it."""

    name: Annotated[str, Field(min_length=1, max_length=60)]
    while_: Annotated[Phases, Field(alias="while")] = (Phase.OBSERVE,)
    when: Literal["always"] | ConditionEntry | Annotated[tuple[ConditionEntry, ...], Field(min_length=1)]
    action: Actions
    latch: bool = True
    cleared_by: ClearedBy = "operator"

    @model_validator(mode="after")
    def _who_clears(self) -> "RuleEntry":
        if self.latch != (self.cleared_by == "operator"):
            raise ValueError("what latches is 'cleared_by: operator'; with 'latch: false' it is 'cleared_by: itself'")
        return self

    def rule(self, *, always: bool = False, lost_link_trips: bool = True, why: str = "", line: int = 0) -> Rule:
        """The rule as a value."""
        if self.when == "always":
            conditions: tuple[Condition, ...] = (Always(),)
        else:
            entries = (self.when,) if isinstance(self.when, ConditionEntry) else self.when
            conditions = tuple(entry.condition() for entry in entries)
        return Rule(
            name=self.name,
            phases=frozenset(self.while_),
            when=conditions,
            actions=self.action,
            latch=self.latch,
            always=always,
            lost_link_trips=lost_link_trips,
            why=why,
            line=line,
        )


def _limit(text: str | None, unit: str) -> Limit | None:
    if text is None:
        return None
    if not LIMIT_NAME.fullmatch(text):
        return si(text, unit)
    names = [name for name, known in LIMIT_UNITS.items() if known == unit]
    if text not in names:
        raise ValueError(unknown_word("limit", text, names))
    return BenchLimit(text)
