"""The orders of the control address: one JSON object a line, strict, each with a meaning of its own."""

import json
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter, ValidationError

from operando.drivers.documents import StrictModel
from operando.simulators.faults import FaultRule
from operando.simulators.serve.mishaps import Mishap

__all__ = [
    "ALLOWED",
    "Fault",
    "Log",
    "MeasuredCurrent",
    "Order",
    "Plug",
    "Repair",
    "State",
    "Stop",
    "Unplug",
    "read_order",
]


class Unplug(StrictModel):
    """Cut the wire of an instrument; its connections die."""

    unplug: str


class Plug(StrictModel):
    """Plug it in again."""

    plug: str


class Fault(StrictModel):
    """A rule for the wire of an instrument, from now on."""

    fault: str
    rule: FaultRule


class Repair(StrictModel):
    """Take every rule from the wire of an instrument."""

    repair: str


class State(StrictModel):
    """Tell what is true."""

    state: Literal[True]


class Log(StrictModel):
    """Tell what was heard and said since the last time, and keep it from then on."""

    log: Literal[True]


class Stop(StrictModel):
    """End the server."""

    stop: Literal[True]


class MeasuredCurrent(StrictModel):
    """What a real potentiostat measures drives the cell of the world.

    Args:
        measured_current_A: positive charges.
        time_s: of the sample, on any clock; what is older than the last one is refused.
        holds_s: without a newer one the cell is open again after so long.
    """

    measured_current_A: float
    time_s: float
    holds_s: Annotated[float, Field(gt=0)] = 5.0


Order = Unplug | Plug | Fault | Repair | State | Log | Stop | MeasuredCurrent | Mishap

KINDS: dict[str, TypeAdapter[Order]] = {
    "unplug": TypeAdapter(Unplug),
    "plug": TypeAdapter(Plug),
    "fault": TypeAdapter(Fault),
    "repair": TypeAdapter(Repair),
    "state": TypeAdapter(State),
    "log": TypeAdapter(Log),
    "stop": TypeAdapter(Stop),
    "measured_current_A": TypeAdapter(MeasuredCurrent),
    "physics": TypeAdapter(Annotated[Mishap, Field()]),
}
ALLOWED = tuple(KINDS)
"""The word by which an order is known."""


def read_order(line: bytes) -> Order:
    """The order of a line.

    Raises:
        ValueError: with what is wrong and what is allowed.
    """
    try:
        content = json.loads(line, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:  # the latter of what is nested without end
        raise ValueError(f"this is no JSON: {error}") from error
    kinds = [word for word in KINDS if word in content] if isinstance(content, dict) else []
    if len(kinds) != 1:
        raise ValueError(f"cannot obey {content!r}: write an object with one of {', '.join(ALLOWED)}")
    try:
        return KINDS[kinds[0]].validate_python(content)
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        raise ValueError(f"cannot obey {content!r}: {problems}") from error


def _refuse(word: str) -> None:
    """What `json` would take beside JSON: NaN, Infinity, -Infinity.

    Raises:
        ValueError: always.
    """
    raise ValueError(f"{word} is no number")
