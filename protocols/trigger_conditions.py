"""What a trigger waits for: a small algebra of states, which hold or not, and moments, which happen. SI units.

A state fires when it comes true. `AllOf` with a moment in it fires at the moment, if all its states hold then.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

__all__ = [
    "AfterEndOf",
    "AllOf",
    "AnyOf",
    "At",
    "BeforeEndOf",
    "Changes",
    "ChargePassed",
    "Condition",
    "Crosses",
    "Detected",
    "Direction",
    "Every",
    "Moment",
    "Not",
    "Quantity",
    "Rate",
    "Source",
    "StartOf",
    "State",
    "Value",
    "alternatives_of",
    "is_moment",
    "parts_of",
    "values_of",
]

Direction = Literal["rises", "falls"]
Quantity = Literal["voltage", "current", "charge", "impedance", "pressure", "temperature", "force", "dose"]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a value comes from: the cell, the last spectrum, a gauge, thermometer or force sensor by name, a region.

    `charge` is what has passed in the step, positive when charging. `impedance` is the real part at the highest
    frequency of the last spectrum. `dose` is what the region of that name has had in all.
    """

    quantity: Quantity
    name: str = ""

    @property
    def of_samples(self) -> bool:
        """Whether it stands in the samples of the cell."""
        return self.quantity in ("voltage", "current", "charge")


@dataclass(frozen=True, slots=True)
class Every:
    """Each so many seconds, counted from the start of the run."""

    period_s: float


@dataclass(frozen=True, slots=True)
class At:
    """Once, so many seconds after the start of the run."""

    time_s: float


@dataclass(frozen=True, slots=True)
class StartOf:
    """When a step has begun."""

    step: str


@dataclass(frozen=True, slots=True)
class BeforeEndOf:
    """Under current, early enough that the capture is done when the step ends; predicted from the samples."""

    step: str


@dataclass(frozen=True, slots=True)
class AfterEndOf:
    """At once when the step has ended."""

    step: str


@dataclass(frozen=True, slots=True)
class ChargePassed:
    """Each time that so much charge (magnitude) has passed in a step."""

    every_C: float


@dataclass(frozen=True, slots=True)
class Detected:
    """A detector, by its name, has seen what it looks for (`soft short`)."""

    detector: str


@dataclass(frozen=True, slots=True)
class Crosses:
    """A value goes through a threshold and stays there for a time; it has left when it is back by the hysteresis."""

    source: Source
    threshold: float
    direction: Direction
    for_s: float = 0.0
    hysteresis: float = 0.0


@dataclass(frozen=True, slots=True)
class Changes:
    """A value rises or falls by so much within a time (at a soft short the voltage falls)."""

    source: Source
    by: float
    over_s: float
    direction: Direction


@dataclass(frozen=True, slots=True)
class Rate:
    """A value changes faster than a rate (per second), or, whatever its direction, slower; over a full window."""

    source: Source
    rate_per_s: float
    over_s: float
    direction: Literal["rises", "falls", "slower"]


@dataclass(frozen=True, slots=True)
class AllOf:
    """All of these; at most one of them is a moment."""

    parts: "tuple[Condition, ...]"


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Any of these: as an alternative it fires with each of them, inside `AllOf` and `Not` it is a state."""

    parts: "tuple[Condition, ...]"


@dataclass(frozen=True, slots=True)
class Not:
    """A state does not hold."""

    part: "State"


Value = Crosses | Changes | Rate
State = Value | AllOf | AnyOf | Not
Moment = Every | At | StartOf | BeforeEndOf | AfterEndOf | ChargePassed | Detected
Condition = Moment | State


def is_moment(condition: Condition) -> bool:
    """Whether a condition just happens; a state holds or does not."""
    return isinstance(condition, Every | At | StartOf | BeforeEndOf | AfterEndOf | ChargePassed | Detected)


def parts_of(condition: Condition) -> Iterator[Condition]:
    """Everything in a condition that is no combination."""
    match condition:
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from parts_of(part)
        case Not(part):
            yield from parts_of(part)
        case _:
            yield condition


def values_of(condition: Condition) -> Iterator[Value]:
    """Every comparison of a value in a condition."""
    for part in parts_of(condition):
        if isinstance(part, Crosses | Changes | Rate):
            yield part


def alternatives_of(condition: Condition) -> tuple[Condition, ...]:
    """The ways in which a condition fires: those of an `any` at the top, otherwise itself."""
    if isinstance(condition, AnyOf):
        return tuple(inner for part in condition.parts for inner in alternatives_of(part))
    return (condition,)
