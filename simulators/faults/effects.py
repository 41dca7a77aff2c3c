"""What a fault does to one message on its way: each is data, so that a test, a file or a control line can name it."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, InstanceOf

from operando.drivers.documents import StrictModel

__all__ = [
    "Answer",
    "Close",
    "CutAfter",
    "Delay",
    "Drop",
    "Duplicate",
    "Echo",
    "Effect",
    "Ending",
    "FlipBit",
    "GarbageAfter",
    "GarbageBefore",
    "Message",
    "Noise",
    "Outcome",
    "Overtake",
    "Overwrite",
    "Rewrite",
    "Split",
    "Stuck",
    "Unplug",
]


class Ending(StrEnum):
    """How a connection dies."""

    CLOSED = "closed"
    RESET = "reset"


@dataclass(frozen=True, slots=True)
class Message:
    """What an effect sees: the bytes on their way, and what was said before them.

    Args:
        data: one write, or one datagram.
        before: the last message that went the other way (the request, for a reply).
        previous: the last message that went this way; empty if this is the first.
        noise: the wire's own source of noise.
    """

    data: bytes
    before: bytes
    previous: bytes
    noise: random.Random


@dataclass(frozen=True, slots=True)
class Outcome:
    """What arrives instead: bytes, each with its delay in seconds, and whether the connection dies after them.

    With `wait_for_next` they come behind the message that follows them.
    """

    pieces: tuple[tuple[float, bytes], ...] = ()
    ending: Ending | None = None
    wait_for_next: bool = False


class Drop(StrictModel):
    """The message is lost."""

    effect: Literal["drop"] = "drop"

    def apply(self, message: Message) -> Outcome:
        return Outcome()


class Delay(StrictModel):
    """The message comes late; longer than the client's patience, it is a late reply to a question given up."""

    effect: Literal["delay"] = "delay"
    seconds: float = Field(ge=0)

    def apply(self, message: Message) -> Outcome:
        return Outcome(((self.seconds, message.data),))


class Duplicate(StrictModel):
    """The message comes twice."""

    effect: Literal["duplicate"] = "duplicate"

    def apply(self, message: Message) -> Outcome:
        return Outcome(((0.0, message.data), (0.0, message.data)))


class FlipBit(StrictModel):
    """One bit is wrong; a negative place counts from the end."""

    effect: Literal["flip bit"] = "flip bit"
    bit: int = 0

    def apply(self, message: Message) -> Outcome:
        changed = bytearray(message.data)
        place, bit = divmod(self.bit % (8 * len(changed)), 8)
        changed[place] ^= 1 << bit
        return Outcome(((0.0, bytes(changed)),))


class CutAfter(StrictModel):
    """Only the first bytes come; with `close`, the connection dies behind them."""

    effect: Literal["cut"] = "cut"
    count: int = Field(ge=0)
    close: bool = False

    def apply(self, message: Message) -> Outcome:
        return Outcome(((0.0, message.data[: self.count]),), Ending.CLOSED if self.close else None)


class Split(StrictModel):
    """The message comes in pieces with pauses between them."""

    effect: Literal["split"] = "split"
    parts: int = Field(default=2, ge=2)
    gap_s: float = Field(default=0.01, ge=0)

    def apply(self, message: Message) -> Outcome:
        size = -(-len(message.data) // self.parts)
        pieces = [message.data[start : start + size] for start in range(0, len(message.data), size)]
        return Outcome(tuple((index * self.gap_s, piece) for index, piece in enumerate(pieces)))


class GarbageBefore(StrictModel):
    """Noise stands before the message."""

    effect: Literal["garbage before"] = "garbage before"
    count: int = Field(default=5, ge=1)

    def apply(self, message: Message) -> Outcome:
        return Outcome(((0.0, message.noise.randbytes(self.count) + message.data),))


class GarbageAfter(StrictModel):
    """Noise stands behind the message."""

    effect: Literal["garbage after"] = "garbage after"
    count: int = Field(default=5, ge=1)

    def apply(self, message: Message) -> Outcome:
        return Outcome(((0.0, message.data + message.noise.randbytes(self.count)),))


class Noise(StrictModel):
    """Noise of the same length comes instead of the message."""

    effect: Literal["noise"] = "noise"

    def apply(self, message: Message) -> Outcome:
        return Outcome(((0.0, message.noise.randbytes(len(message.data))),))


class Echo(StrictModel):
    """The receiver's own bytes come back before the message, as from a converter with local echo."""

    effect: Literal["echo"] = "echo"

    def apply(self, message: Message) -> Outcome:
        return Outcome(((0.0, message.before + message.data),))


class Overwrite(StrictModel):
    """Bytes of the message are others: an address, a transaction number. Negative places count from the end."""

    effect: Literal["overwrite"] = "overwrite"
    at: int
    hex: str

    def apply(self, message: Message) -> Outcome:
        changed, new = bytearray(message.data), bytes.fromhex(self.hex)
        start = self.at if self.at >= 0 else max(0, len(changed) + self.at)
        changed[start : start + len(new)] = new
        return Outcome(((0.0, bytes(changed)),))


class Answer(StrictModel):
    """Another message comes instead: a refusal, a status, a value that is no number."""

    effect: Literal["answer"] = "answer"
    hex: str

    def apply(self, message: Message) -> Outcome:
        return Outcome(((0.0, bytes.fromhex(self.hex)),))


class Stuck(StrictModel):
    """The message before comes again instead of this one."""

    effect: Literal["stuck"] = "stuck"

    def apply(self, message: Message) -> Outcome:
        return Outcome(((0.0, message.previous or message.data),))


class Overtake(StrictModel):
    """The message that follows arrives before this one, as datagrams do."""

    effect: Literal["overtake"] = "overtake"

    def apply(self, message: Message) -> Outcome:
        return Outcome(((0.0, message.data),), wait_for_next=True)


class Close(StrictModel):
    """The connection is closed instead of the message; with `reset`, in the hard way (RST)."""

    effect: Literal["close"] = "close"
    reset: bool = False

    def apply(self, message: Message) -> Outcome:
        return Outcome((), Ending.RESET if self.reset else Ending.CLOSED)


class Unplug(StrictModel):
    """The wire is cut: the message is lost, an open connection dies and no new one is taken while the rule holds."""

    effect: Literal["unplug"] = "unplug"

    def apply(self, message: Message) -> Outcome:
        return Outcome((), Ending.RESET)


@dataclass(frozen=True, slots=True)
class Rewrite:
    """The message is changed by a function: a fault that knows the protocol (a right checksum over wrong data)."""

    change: Callable[[bytes], bytes]

    def apply(self, message: Message) -> Outcome:
        return Outcome(((0.0, self.change(message.data)),))


NamedEffect = Annotated[
    Drop
    | Delay
    | Duplicate
    | FlipBit
    | CutAfter
    | Split
    | GarbageBefore
    | GarbageAfter
    | Noise
    | Echo
    | Overwrite
    | Answer
    | Stuck
    | Overtake
    | Close
    | Unplug,
    Field(discriminator="effect"),
]
Effect = NamedEffect | InstanceOf[Rewrite]
