"""What a rule looks at and compares: plain values, all pressures in Pa, temperatures in K."""

from dataclasses import dataclass
from typing import Literal

__all__ = [
    "Always",
    "Band",
    "BenchLimit",
    "Change",
    "Condition",
    "Difference",
    "Leak",
    "Limit",
    "Quantity",
    "Report",
    "Source",
]

Quantity = Literal["pressure", "temperature", "force", "voltage", "current"]


@dataclass(frozen=True, slots=True)
class Source:
    """What is measured and where: the pressure of the chamber, the voltage of the cell."""

    place: str
    quantity: Quantity

    def __str__(self) -> str:
        return f"{self.place} {self.quantity}"


@dataclass(frozen=True, slots=True)
class BenchLimit:
    """A limit that is not a number here but stands in the bench file or under `safety`, by its place there."""

    name: str

    def __str__(self) -> str:
        return self.name


Limit = float | BenchLimit


@dataclass(frozen=True, slots=True)
class Band:
    """The value is above `highest` or below `lowest`, for at least `lasting_s`.

    Once outside, it is clear again only after it has stayed `stable_s` within `again_highest` and `again_lowest`,
    which stand for `highest` and `lowest` if they are not given.
    """

    source: Source
    lowest: Limit | None = None
    highest: Limit | None = None
    again_lowest: Limit | None = None
    again_highest: Limit | None = None
    stable_s: float = 0.0
    lasting_s: Limit = 0.0


@dataclass(frozen=True, slots=True)
class Change:
    """The value rises or falls faster than so much per second, between readings at least `over_s` apart."""

    source: Source
    rise_per_s: Limit | None = None
    fall_per_s: Limit | None = None
    over_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Report:
    """The instrument itself says one of these words beside its reading (`pumping`, `chamber open`)."""

    source: Source
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Leak:
    """The sealed volume loses or gains more than so much gas (Pa m^3/s), by p/T.

    `tested` says that a leak test must have been passed in this phase; without it the time before the first estimate
    counts as tight.
    """

    place: str
    largest: Limit
    tested: bool = False


@dataclass(frozen=True, slots=True)
class Difference:
    """Two readings differ by more than so much."""

    source: Source
    other: Source
    largest: Limit


@dataclass(frozen=True, slots=True)
class Always:
    """In the phases of the rule, whatever is measured."""


Condition = Band | Change | Report | Leak | Difference | Always
