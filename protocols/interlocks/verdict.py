"""What one condition says at a moment."""

from dataclasses import dataclass
from enum import Enum, auto

__all__ = ["CLEAR", "State", "Verdict"]


class State(Enum):
    """Whether a condition holds. What is not known is never taken for clear."""

    CLEAR = auto()
    HOLDS = auto()
    UNKNOWN = auto()
    """No reading that could be believed, but not for long yet: what the rule acts on is forbidden."""
    LOST = auto()
    """No such reading for more than three periods: the rule trips."""
    CUT_OFF = auto()
    """The same, because the instrument cannot be reached."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The state and, unless it is clear, a sentence with the numbers."""

    state: State
    why: str = ""


CLEAR = Verdict(State.CLEAR)
