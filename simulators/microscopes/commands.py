"""A table of commands: what arguments each takes, since which version it exists, and who carries it out."""

import math
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from operando.simulators.microscopes.wire import Request, Value

if TYPE_CHECKING:
    from operando.simulators.microscopes.control import ControlConversation

__all__ = ["DONE", "IGNORED", "Call", "Command", "CommandTable", "Outcome", "answer", "parse_arguments"]


@dataclass(frozen=True, slots=True)
class Arguments:
    """The arguments of a request by kind, each kind in the order of the body."""

    integers: tuple[int, ...]
    numbers: tuple[float, ...]
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Call(Arguments):
    """A command about to be executed: its arguments, the world time, and the connection that it came from."""

    now: float
    client: "ControlConversation"

    def integer(self, position: int, default: int) -> int:
        """An optional argument."""
        return self.integers[position] if position < len(self.integers) else default


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a command.

    Args:
        values: of the reply; None for a command that has nothing to say.
        takes_s: how long it holds its queue, and its reply, beyond the ordinary.
        ignored: the server acts as if nothing had been sent.
    """

    values: tuple[Value, ...] | None = None
    takes_s: float = 0.0
    ignored: bool = False


DONE = Outcome()
IGNORED = Outcome(ignored=True)


def answer(*values: Value, takes_s: float = 0.0) -> Outcome:
    """An outcome with a reply."""
    return Outcome(values, takes_s)


@dataclass(frozen=True, slots=True)
class Command:
    """One command.

    Args:
        signature: one letter for each argument: `i` int, `u` unsigned, `f` float, `s` string; behind `|` optional.
        execute: carries it out.
        since: the first version of the protocol that has it.
    """

    signature: str
    execute: Callable[[Call], Outcome]
    since: tuple[int, ...] = ()


CommandTable: TypeAlias = Mapping[str, Command]


def parse_arguments(signature: str, request: Request) -> Arguments | None:
    """The arguments of a request, or None if they are not what the command takes."""
    required, _, optional = signature.partition("|")
    integers: list[int] = []
    numbers: list[float] = []
    texts: list[str] = []
    body, offset = request.body, 0
    for position, kind in enumerate(required + optional):
        if offset == len(body) and position >= len(required):
            break
        try:
            if kind in "iu":
                integers.append(struct.unpack_from("<i" if kind == "i" else "<I", body, offset)[0])
                offset += 4
            else:
                text, offset = _string(body, offset)
                if kind == "f":
                    numbers.append(_number(text))
                else:
                    texts.append(text)
        except (struct.error, ValueError):
            return None
    if offset != len(body):
        return None
    return Arguments(tuple(integers), tuple(numbers), tuple(texts))


def _string(body: bytes, offset: int) -> tuple[str, int]:
    (length,) = struct.unpack_from("<I", body, offset)
    start, end = offset + 4, offset + 4 + length
    if end > len(body):
        raise ValueError("a string that is longer than its message")
    # The length counts the end mark, and with one client the padding as well: the text ends at the first NUL.
    text = body[start:end].partition(b"\0")[0].decode("latin-1")
    return text, min(end + -length % 4, len(body))


def _number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("no finite number")
    return number
