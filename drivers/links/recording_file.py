"""Reads a recording of wires: for each link that was opened, what it was told and what it said, and when."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter, ValidationError

from operando.drivers.documents import StrictModel
from operando.drivers.errors import ConfigMismatch
from operando.drivers.links.address import Address
from operando.drivers.links.recording import FORMAT

__all__ = ["Exchange", "Reply", "Take", "read_takes"]


@dataclass(frozen=True, slots=True)
class Reply:
    """What came, and how long after the request before it."""

    delay_s: float
    data: bytes


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and everything that came until the next one; the first of a link has an empty request."""

    request: bytes
    replies: tuple[Reply, ...] = ()
    closed_after_s: float | None = None
    """When the instrument hung up, if it did."""


@dataclass(frozen=True, slots=True)
class Take:
    """One link from its opening to its end; `refused` if nobody answered."""

    address: Address
    local_port: int
    exchanges: tuple[Exchange, ...]
    refused: bool = False


class _Head(StrictModel):
    operando_wires: Literal[1]
    began: str


class _Opened(StrictModel):
    time_s: float
    link: int
    act: Literal["open", "refused"]
    address: str
    local_port: int | None = None


class _Said(StrictModel):
    time_s: float
    link: int
    act: Literal["write", "read"]
    hex: str


class _Closed(StrictModel):
    time_s: float
    link: int
    act: Literal["closed"]


_ACTS: TypeAdapter[_Opened | _Said | _Closed] = TypeAdapter(
    Annotated[_Opened | _Said | _Closed, Field(discriminator="act")]
)


@dataclass(slots=True)
class _Reel:
    """A link while its lines are read."""

    address: Address
    local_port: int
    since_s: float
    refused: bool = False
    request: bytes = b""
    replies: list[Reply] = field(default_factory=list)
    closed_after_s: float | None = None
    exchanges: list[Exchange] = field(default_factory=list)

    def cut(self, request: bytes, time_s: float) -> None:
        """What was said until now belongs to the request before."""
        self.exchanges.append(Exchange(self.request, tuple(self.replies), self.closed_after_s))
        self.request, self.replies, self.closed_after_s, self.since_s = request, [], None, time_s

    def take(self) -> Take:
        self.cut(b"", self.since_s)
        return Take(self.address, self.local_port, tuple(self.exchanges), self.refused)


def read_takes(path: Path) -> tuple[Take, ...]:
    """Every link of a recording, in the order in which they were opened. A torn last line is left out.

    Raises:
        ConfigMismatch: if the file is missing, is no recording, or is damaged elsewhere.
    """
    try:
        lines = path.read_text(encoding="ascii").splitlines(keepends=True)
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigMismatch(f"cannot read the recording ({error})", where=str(path)) from error
    if lines and not lines[-1].endswith("\n"):
        lines.pop()
    if not lines:
        raise _no_recording(f"{path}:1")
    reels: dict[int, _Reel] = {}
    for number, line in enumerate(lines, 1):
        try:
            if number == 1:
                _Head.model_validate_json(line)
            else:
                _follow(reels, line)
        except (ValidationError, ValueError, KeyError) as error:
            raise _no_recording(f"{path}:{number}") from error
    return tuple(reel.take() for reel in reels.values())


def _no_recording(where: str) -> ConfigMismatch:
    remedy = f"A recording begins with a line that has {FORMAT!r}; record once more."
    return ConfigMismatch("this is no recording of wires", where=where, remedy=remedy)


def _follow(reels: dict[int, _Reel], line: str) -> None:
    act = _ACTS.validate_python(json.loads(line))
    if isinstance(act, _Opened):
        reels[act.link] = _Reel(Address.parse(act.address), act.local_port or 0, act.time_s, act.act == "refused")
        return
    reel = reels[act.link]
    if isinstance(act, _Closed):
        reel.closed_after_s = act.time_s - reel.since_s
    elif act.act == "write":
        reel.cut(bytes.fromhex(act.hex), act.time_s)
    else:
        reel.replies.append(Reply(act.time_s - reel.since_s, bytes.fromhex(act.hex)))
