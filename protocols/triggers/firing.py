"""What comes of a trigger: it fires, it is held back, or its condition held already when it was armed."""

import math
from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Firing", "Outcome"]


class Outcome(StrEnum):
    """What has become of a condition that came true."""

    FIRED = "fired"
    HELD_BACK = "held back"
    """By `once` or `at_most_every`."""
    ALREADY_TRUE = "already true"
    """When it was armed, and `if_already: wait`: it fires when it has been false and comes true again."""


@dataclass(frozen=True, slots=True)
class Firing:
    """A condition that came true.

    Args:
        trigger: its index in `when`.
        outcome: what follows.
        time_s: run time of the sample, reading, step or timer that made it so.
        value: of the quantity that the condition looks at, in SI units; NaN if it looks at none.
        detail: in words.
    """

    trigger: int
    outcome: Outcome
    time_s: float
    value: float = math.nan
    detail: str = ""
