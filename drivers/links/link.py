"""What a driver needs of a wire: write, read until a deadline, close.

Links are plugs behind addresses. A scheme is offered through the entry point group `operando.links` as a class that
takes a `LinkContext` and has the methods of `Links`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from pydantic import JsonValue

from operando.drivers.clock import Clock
from operando.drivers.links.address import Address

__all__ = ["Link", "LinkContext", "Links", "PendingLink", "PeopleInWorld", "Truth"]


class Link(Protocol):
    """One open wire, used by one caller at a time.

    A datagram link writes and reads whole datagrams.
    """

    @property
    def address(self) -> Address: ...

    @property
    def simulated(self) -> bool:
        """Whether no hardware can be at the other end."""
        ...

    def write(self, data: bytes) -> None:
        """Send bytes.

        Raises:
            TransportClosed: if the other end is gone.
            TransportTimeout: if the other end does not take them.
        """
        ...

    def read(self, timeout_s: float) -> bytes:
        """What has arrived; if nothing has, wait for the first bytes.

        With a time-out of zero, return what is there, possibly nothing, and never raise `TransportTimeout`.

        Raises:
            TransportTimeout: if nothing came in time.
            TransportClosed: if the other end is gone and everything it sent has been read.
        """
        ...

    def close(self) -> None:
        """Let go of the wire; safe to call twice."""
        ...


class PendingLink(Protocol):
    """A wire whose own end is fixed before the other end is asked to expect it."""

    @property
    def local_port(self) -> int: ...

    def connect(self) -> Link:
        """Connect from the local port.

        Raises:
            TransportClosed: if nobody answers.
        """
        ...

    def close(self) -> None:
        """Give the own end up instead of connecting."""
        ...


class Truth(Protocol):
    """Ground truth of a simulated world, so that analysis and triggers can be scored. Never shown to a protocol."""

    def at(self, time_s: float) -> Mapping[str, float]:
        """The true state at a run time, by name with unit (`lithium_thickness_m`, `contact_loss`)."""
        ...


@runtime_checkable
class PeopleInWorld(Protocol):
    """Hands in a simulated world: links whose world lets people do something in it implement this, too."""

    def obey(self, deed: Mapping[str, JsonValue], now: float) -> None:
        """Do something now, in the words of the control door of `operando simulate`: `{"physics": "open lid"}`.

        Raises:
            ValueError: if this is no deed, or the world does not allow it now.
        """
        ...


class Links(Protocol):
    """The links of one scheme on one bench."""

    virtual: bool
    """Whether these links live in virtual time."""

    def open(self, address: Address) -> Link:
        """Open a link; never sends anything.

        Raises:
            TransportClosed: if nobody answers there.
            ConfigMismatch: if the address makes no sense for this scheme.
        """
        ...

    def prepare(self, address: Address) -> PendingLink:
        """Fix the own end of a link that is to be connected later."""
        ...

    def truth(self) -> Truth | None:
        """Ground truth if the links lead into a simulated world."""
        ...


@dataclass(frozen=True, slots=True)
class LinkContext:
    """What a scheme may need to know about its bench: the clock and the simulated world's settings."""

    clock: Clock
    world: Mapping[str, object] = field(default_factory=dict)
