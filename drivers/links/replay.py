"""`replay://`: a recording of wires speaks in place of the instrument, in virtual time.

`replay://FILE` where the recording is of one address; `replay://PLACE:PORT?wires=FILE` where it is of several, with the
place and the port that the instrument had (so a driver that opens the port beside it finds that one, too).

The recording answers a request by what it answered to the same request, in the order of the recording: driver and
recording may poll at different rates. When the same request does not come again over this connection, its last answer
is repeated, or one that it got over another connection.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from operando.drivers.clock import Clock
from operando.drivers.errors import ConfigMismatch, ProtocolError, TransportClosed, TransportTimeout
from operando.drivers.links.address import Address
from operando.drivers.links.link import Link, LinkContext, PendingLink
from operando.drivers.links.recording_file import Exchange, Reply, Take, read_takes
from operando.drivers.links.running_number import answering, unnumbered

__all__ = ["ReplayLink", "ReplayLinks"]


class ReplayLinks:
    """Opens the links of recordings; each time that a place is opened, the next take of it is played."""

    virtual = True

    def __init__(self, context: LinkContext) -> None:
        self._clock = context.clock
        self._left: dict[Path, list[Take]] = {}
        self._answered: dict[tuple[Path, Address], list[Exchange]] = {}
        """What was answered at an address over any connection."""

    def open(self, address: Address) -> Link:
        """Play the next take of an address.

        Raises:
            ConfigMismatch: if the file is no recording, or not one of this address.
            TransportClosed: if the recorded instrument was not connected to so often, or did not answer then.
        """
        return self.prepare(address).connect()

    def prepare(self, address: Address) -> PendingLink:
        """The same, with the local port that the recorded link had."""
        take = self._next(address)
        return _PendingReplay(address, self._clock, take, self._answered[_path(address), take.address])

    def truth(self) -> None:
        """A recording of an instrument knows no truth."""

    def _next(self, address: Address) -> Take:
        named, path = address.option("wires", ""), _path(address)
        if path not in self._left:
            self._left[path] = list(read_takes(path))
            for take in self._left[path]:
                whole = (replace(one, closed_after_s=None) for one in take.exchanges[1:] if one.replies)
                self._answered.setdefault((path, take.address), []).extend(whole)
        takes = self._left[path]
        fitting = [take for take in takes if not named or _same_place(take.address, address)]
        if not fitting:
            raise self._none_left(path, address)
        if not named and len({(take.address.place, take.address.port) for take in fitting}) > 1:
            raise _ambiguous(path, fitting)
        takes.remove(fitting[0])
        return fitting[0]

    def _none_left(self, path: Path, address: Address) -> ConfigMismatch | TransportClosed:
        recorded = sorted({str(take.address) for take in read_takes(path)})
        if any(_same_place(Address.parse(text), address) for text in recorded) or "wires" not in dict(address.options):
            return TransportClosed("the recording has no further connection", where=str(address))
        return ConfigMismatch(
            "the recording is not of this place", where=str(address), remedy=f"It is of: {', '.join(recorded)}."
        )


def _path(address: Address) -> Path:
    return Path(address.option("wires", "") or address.place)


def _same_place(one: Address, other: Address) -> bool:
    return (one.place, one.port) == (other.place, other.port)


def _ambiguous(path: Path, takes: list[Take]) -> ConfigMismatch:
    recorded = sorted({str(take.address) for take in takes})
    return ConfigMismatch(
        f"the recording is of {len(recorded)} addresses",
        where=str(path),
        remedy=f"Write replay://PLACE?wires={path} with one of: {', '.join(recorded)}.",
    )


class _PendingReplay:
    def __init__(self, address: Address, clock: Clock, take: Take, answered: Sequence[Exchange]) -> None:
        self.local_port = take.local_port
        self._address = address
        self._clock = clock
        self._take = take
        self._answered = answered

    def connect(self) -> Link:
        if self._take.refused:
            raise TransportClosed("nobody answered, as in the recording", where=str(self._address))
        return ReplayLink(self._address, self._clock, self._take, self._answered)

    def close(self) -> None:
        """A recorded port holds nothing."""


class ReplayLink:
    """One take, played to a driver.

    Args:
        answered: what the instrument answered over all of its connections: what a driver asks now and then may have
            been asked over another one.
    """

    simulated = True

    def __init__(self, address: Address, clock: Clock, take: Take, answered: Sequence[Exchange] = ()) -> None:
        self.address = address
        self._clock = clock
        self._exchanges = take.exchanges
        self._answered = answered
        self._next = 1
        self._under_way: list[tuple[float, bytes]] = []
        self._closes_s: float | None = None
        if take.exchanges:
            self._play(take.exchanges[0])

    def write(self, data: bytes) -> None:
        self._require_open()
        self._play(self._recorded(data))

    def read(self, timeout_s: float) -> bytes:
        deadline = self._clock.now() + timeout_s
        while True:
            now = self._clock.now()
            if self._under_way and self._under_way[0][0] <= now:
                return self._under_way.pop(0)[1]
            self._require_open()
            due = self._under_way[0][0] if self._under_way else self._closes_s
            if due is None or due > deadline or now >= deadline:
                self._clock.sleep_until(deadline)
                if timeout_s <= 0:
                    return b""
                raise TransportTimeout(f"no bytes within {timeout_s:g} s", where=str(self.address))
            self._clock.sleep_until(due)

    def close(self) -> None:
        self._closes_s = self._clock.now()
        self._under_way.clear()

    def _recorded(self, request: bytes) -> Exchange:
        asked = unnumbered(request)
        later = enumerate(self._exchanges[self._next :], self._next)
        for index, exchange in later:
            if unnumbered(exchange.request) == asked:
                self._next = index + 1
                return answering(request, exchange)
        for exchange in (*reversed(self._exchanges[1 : self._next]), *self._answered):
            if unnumbered(exchange.request) == asked:
                return answering(request, exchange)
        raise ProtocolError(
            f"the recording knows no request {request[:64]!r}",
            where=str(self.address),
            remedy="The driver says other things than when the recording was made: record once more.",
        )

    def _play(self, exchange: Exchange) -> None:
        now = self._clock.now()
        self._under_way += [(now + reply.delay_s, reply.data) for reply in _in_order(exchange)]
        if exchange.closed_after_s is not None:
            self._closes_s = now + exchange.closed_after_s

    def _require_open(self) -> None:
        if self._closes_s is not None and self._closes_s <= self._clock.now() and not self._under_way:
            raise TransportClosed("the connection is closed, as it was in the recording", where=str(self.address))


def _in_order(exchange: Exchange) -> list[Reply]:
    return sorted(exchange.replies, key=lambda reply: reply.delay_s)
