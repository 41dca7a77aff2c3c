"""A rule: which messages meet which fault."""

import re
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field

from operando.drivers.documents import StrictModel
from operando.simulators.faults.effects import Effect

__all__ = ["Direction", "FaultRule"]


class Direction(StrEnum):
    """Whether what the instrument says, or what it is told, is hit."""

    REPLIES = "replies"
    REQUESTS = "requests"


def _pattern(text: str) -> str:
    try:
        re.compile(text.encode("latin-1"))
    except re.error as error:
        raise ValueError(f"{text!r} is no regular expression: {error}") from error
    return text


class FaultRule(StrictModel):
    """Hits every message for which all of its conditions hold.

    Args:
        fault: what happens to the message.
        on: replies or requests.
        nth: which of the messages that meet the other conditions, counted from 1; None for all of them.
        between: run times in seconds, from inclusive to exclusive.
        request: a regular expression that is found in the last request, byte for byte (Latin-1).
        probability: of each message, drawn from the wire's own seeded noise.
    """

    fault: Effect
    on: Direction = Direction.REPLIES
    nth: tuple[int, ...] | None = None
    between: tuple[float, float] | None = None
    request: Annotated[str, AfterValidator(_pattern)] | None = None
    probability: float = Field(default=1.0, ge=0, le=1)

    def holds(self, now: float) -> bool:
        """Whether the rule acts at this time."""
        return self.between is None or self.between[0] <= now < self.between[1]

    def concerns(self, request: bytes) -> bool:
        """Whether the rule is about this request."""
        return self.request is None or re.search(self.request.encode("latin-1"), request, re.DOTALL) is not None
