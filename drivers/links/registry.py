"""Finds the link schemes that are installed and opens addresses through them."""

from collections.abc import Callable
from importlib.metadata import entry_points
from typing import TypeVar

from operando.drivers.errors import ConfigMismatch
from operando.drivers.links.address import Address
from operando.drivers.links.link import Link, LinkContext, Links, PendingLink, PeopleInWorld, Truth
from operando.drivers.links.recording import WireRecorder
from operando.drivers.nearest import unknown_word

__all__ = ["LinkRegistry"]

GROUP = "operando.links"
Shared = TypeVar("Shared")


class LinkRegistry:
    """All schemes of one bench, each made when first needed, so that a bench has one simulated world.

    Args:
        context: what the schemes may need to know.
        recorder: writes down what goes over every link, if that is wanted.
    """

    def __init__(self, context: LinkContext, recorder: WireRecorder | None = None) -> None:
        self._context = context
        self._recorder = recorder
        self._schemes: dict[str, Links] = {}
        self._shared: dict[Address, object] = {}

    def open(self, address: Address) -> Link:
        """Open a link to an address; see `Links.open`."""
        links = self.scheme(address.scheme)
        if self._recorder is None:
            return links.open(address)
        return self._recorder.record(address, lambda: links.open(address))

    def prepare(self, address: Address) -> PendingLink:
        """Fix the own end of a link; see `Links.prepare`."""
        pending = self.scheme(address.scheme).prepare(address)
        return pending if self._recorder is None else self._recorder.record_pending(address, pending)

    def shared(self, address: Address, kind: type[Shared], make: Callable[[], Shared]) -> Shared:
        """What several drivers of a bench share at one address, a bus with one lock; made for the first of them.

        Raises:
            ConfigMismatch: if drivers of another kind share that address already.
        """
        if address not in self._shared:
            self._shared[address] = make()
        found = self._shared[address]
        if not isinstance(found, kind):
            raise ConfigMismatch(
                f"{address} is shared already, as {type(found).__name__}",
                remedy="On one line all devices speak one protocol; check the drivers and addresses of the bench file.",
            )
        return found

    def close(self) -> None:
        """The recording is whole; the links themselves are closed by their drivers."""
        if self._recorder is not None:
            self._recorder.close()

    def truth(self) -> Truth | None:
        """Ground truth of the simulated world, if one of the open schemes leads into one."""
        truths = [found for links in self._schemes.values() if (found := links.truth()) is not None]
        return truths[0] if truths else None

    def people(self) -> PeopleInWorld | None:
        """Hands in the simulated world, if one of the open schemes leads into one."""
        return next((links for links in self._schemes.values() if isinstance(links, PeopleInWorld)), None)

    def scheme(self, name: str) -> Links:
        """The links of a scheme.

        Raises:
            ConfigMismatch: if no installed package offers the scheme.
        """
        if name not in self._schemes:
            offered = entry_points(group=GROUP)
            if name not in offered.names:
                raise ConfigMismatch(
                    unknown_word("address scheme", name, sorted(offered.names)),
                    remedy="An address begins with its scheme: tcp://192.168.0.12:8000, serial:///dev/ttyUSB0.",
                )
            self._schemes[name] = offered[name].load()(self._context)
        return self._schemes[name]
