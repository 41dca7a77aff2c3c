"""What a driver gets to open one instrument, with the links that a test has prepared instead of real ones."""

from collections.abc import Iterable, Mapping

from pydantic import JsonValue

from operando.drivers.bench.file import BenchFile, RecordEntry
from operando.drivers.bench.gate import Gate
from operando.drivers.bench.roles import DriverContext
from operando.drivers.clock import Clock
from operando.drivers.errors import TransportClosed
from operando.drivers.links import Address, Link, LinkContext, LinkRegistry
from operando.drivers.links.reopening import ReopeningLink

__all__ = ["PreparedLinks", "context_for", "reopening"]


class PreparedLinks(LinkRegistry):
    """Gives out prepared links in order, one for each time that the address is opened; then nobody answers."""

    def __init__(self, links: Iterable[Link], clock: Clock) -> None:
        super().__init__(LinkContext(clock))
        self._links = list(links)

    def open(self, address: Address) -> Link:
        if not self._links:
            raise TransportClosed("nobody answers", where=str(address))
        return self._links.pop(0)


def reopening(links: Iterable[Link], clock: Clock) -> ReopeningLink:
    """What drivers hold: the links in order, each opened when the one before is lost."""
    return ReopeningLink(PreparedLinks(links, clock), Address.parse("tcp://device:1"))


def context_for(
    links: Iterable[Link], clock: Clock, options: Mapping[str, JsonValue] | None = None, *, accepted: bool = True
) -> DriverContext:
    """A bench with one instrument called `device`, whose address leads to the links."""
    bench = BenchFile(
        operando_bench=1, name="test", instruments={}, record=RecordEntry(institution="test", operator="test")
    )
    return DriverContext(
        name="device",
        address=Address.parse("tcp://device:1"),
        options=options or {},
        bench=bench,
        links=PreparedLinks(links, clock),
        clock=clock,
        gate=Gate("device", accepted),
    )
