"""The wires of one instrument, with a hand on them: a cable is pulled or a line goes silent, whatever is at its end."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import TypeVar

from operando.drivers.clock import Clock
from operando.drivers.errors import TransportClosed, TransportTimeout
from operando.drivers.links import Address, Link, LinkContext, LinkRegistry, Links, PendingLink, Truth

__all__ = ["LineState", "SeverableLinks"]

Shared = TypeVar("Shared")


class LineState(StrEnum):
    """What the hand does to the wires of an instrument."""

    WHOLE = "whole"
    PULLED = "pulled"
    SILENT = "silent"
    """What is sent does not arrive, and nothing comes back."""


class SeverableLinks(LinkRegistry):
    """Opens addresses through the registry of the bench, and lets a check cut what was opened.

    Args:
        bench: the registry of the whole bench, so that all instruments stand in one world.
        clock: of the bench.
        another_client: shares no line with what is open already, as another computer would not.
    """

    def __init__(self, bench: LinkRegistry, clock: Clock, *, another_client: bool = False) -> None:
        super().__init__(LinkContext(clock))
        self._alone = another_client
        self._bench = bench
        self._clock = clock
        self._links: list[_SeverableLink] = []
        self.state = LineState.WHOLE

    @property
    def any_opened(self) -> bool:
        """Whether there is a wire to cut; an instrument behind a vendor's library has none."""
        return bool(self._links)

    def scheme(self, name: str) -> Links:
        return self._bench.scheme(name)

    def shared(self, address: Address, kind: type[Shared], make: Callable[[], Shared]) -> Shared:
        return super().shared(address, kind, make) if self._alone else self._bench.shared(address, kind, make)

    def truth(self) -> Truth | None:
        return self._bench.truth()

    def open(self, address: Address) -> Link:
        self.require_plugged(address)
        return self.watched(self._bench.open(address))

    def prepare(self, address: Address) -> PendingLink:
        return _SeverablePending(self, self._bench.prepare(address))

    @contextmanager
    def line(self, state: LineState) -> Iterator[None]:
        """The wires are in another state as long as the block lasts. What was pulled stays closed afterwards."""
        self.state = state
        if state is LineState.PULLED:
            for link in self._links:
                link.pull()
            self._links = self._links[-1:]
        try:
            yield
        finally:
            self.state = LineState.WHOLE

    def watched(self, link: Link) -> Link:
        """A link that obeys the hand."""
        severable = _SeverableLink(self, link)
        self._links.append(severable)
        return severable

    def require_plugged(self, address: Address) -> None:
        """Raise what a driver sees of a cable that is not there."""
        if self.state is LineState.PULLED:
            raise _gone(address)

    def wait(self, seconds: float) -> None:
        """Let the time of a read pass that brings nothing."""
        self._clock.sleep_until(self._clock.now() + seconds)


class _SeverablePending:
    def __init__(self, links: SeverableLinks, pending: PendingLink) -> None:
        self._links = links
        self._pending = pending

    @property
    def local_port(self) -> int:
        return self._pending.local_port

    def connect(self) -> Link:
        return self._links.watched(self._pending.connect())

    def close(self) -> None:
        self._pending.close()


class _SeverableLink:
    def __init__(self, links: SeverableLinks, link: Link) -> None:
        self._links = links
        self._link = link
        self._pulled = False

    @property
    def address(self) -> Address:
        return self._link.address

    @property
    def simulated(self) -> bool:
        return self._link.simulated

    def write(self, data: bytes) -> None:
        self._require_plugged()
        if self._links.state is LineState.WHOLE:
            self._link.write(data)

    def read(self, timeout_s: float) -> bytes:
        self._require_plugged()
        if self._links.state is LineState.WHOLE:
            return self._link.read(timeout_s)
        if timeout_s <= 0:
            return b""
        self._links.wait(timeout_s)
        raise TransportTimeout(f"no bytes within {timeout_s:g} s", where=str(self.address))

    def close(self) -> None:
        self._link.close()

    def pull(self) -> None:
        """Close it under the hands of whoever uses it."""
        self._pulled = True
        self._link.close()

    def _require_plugged(self) -> None:
        if self._pulled:
            raise _gone(self.address)
        self._links.require_plugged(self.address)


def _gone(address: Address) -> TransportClosed:
    return TransportClosed("the connection is closed (the conformance suite has pulled it)", where=str(address))
