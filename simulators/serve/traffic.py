"""The traffic between clients on real wires and simulated instruments: everything is said when it is due."""

import asyncio
from typing import Protocol

from operando.drivers.clock import Clock
from operando.simulators.engine import Engine
from operando.simulators.faults import FaultyConversation, WireFaults

__all__ = ["Client", "ServedInstrument", "Traffic", "Visit"]

SHORTEST_WAIT_S = 0.5e-3
"""Between two looks at a conversation whose reply is due but not there yet."""


class Client(Protocol):
    """The far end of a wire."""

    @property
    def takes_bytes(self) -> bool:
        """Whether the client reads what it is sent; while it does not, nothing is collected for it."""
        ...

    def send(self, data: bytes) -> None:
        """One write, or one datagram."""
        ...

    def hang_up(self, *, reset: bool, finished: bool) -> None:
        """The instrument has `finished` and closes when all is sent; else the wire is cut; `reset` is the hard way."""
        ...


class ServedInstrument:
    """A simulated instrument, by its name in the laboratory, and what is wrong with its wires."""

    def __init__(self, name: str, engine: Engine, faults: WireFaults) -> None:
        self.name = name
        self.engine = engine
        self.faults = faults


class Visit:
    """One client's conversation with one instrument."""

    def __init__(self, instrument: ServedInstrument, conversation: FaultyConversation, client: Client) -> None:
        self.instrument = instrument
        self.conversation = conversation
        self.client = client


class Traffic:
    """Feeds what arrives and sends what is due, for all conversations of all instruments, with one timer.

    What one conversation hears may change what is due in another: a command on the microscope's control connection
    starts pictures on its data connection. So all are looked at after each event.
    """

    def __init__(self, clock: Clock, loop: asyncio.AbstractEventLoop) -> None:
        self.clock = clock
        self._loop = loop
        self.heard: list[tuple[float, str, bytes]] | None = None
        """What arrived: time, instrument and bytes, in order; None while nobody wants to know."""
        self._visits: list[Visit] = []
        self._timer: asyncio.TimerHandle | None = None

    def open(self, instrument: ServedInstrument, endpoint: str, local_port: int, client: Client) -> Visit:
        """A client connects to a door of an instrument.

        Raises:
            ConnectionRefusedError: if the instrument does not take the client, or its wire is cut.
        """
        now = self.clock.now()
        if instrument.faults.unplugged(now):
            raise ConnectionRefusedError(f"the wire of {instrument.name} is cut")
        conversation = instrument.engine.connect(endpoint, local_port, now)
        visit = Visit(instrument, FaultyConversation(conversation, instrument.faults), client)
        self._visits.append(visit)
        self.serve()
        return visit

    def arrived(self, visit: Visit, data: bytes) -> None:
        """Bytes, or one datagram, came from a client."""
        if visit in self._visits:
            if self.heard is not None:
                self.heard.append((self.clock.now(), visit.instrument.name, data))
            visit.conversation.feed(data, self.clock.now())
            self.serve()

    def gone(self, visit: Visit) -> None:
        """The client has left. The instrument goes on with what it does."""
        if visit in self._visits:
            self._visits.remove(visit)
            visit.conversation.disconnect(self.clock.now())
            self.serve()

    def cut(self, instrument: ServedInstrument) -> None:
        """Every connection with an instrument dies."""
        for visit in [visit for visit in self._visits if visit.instrument is instrument]:
            self._end(visit)

    def close(self) -> None:
        """Every connection dies, and nothing is looked at any more."""
        for visit in tuple(self._visits):
            self._end(visit)
        if self._timer is not None:
            self._timer.cancel()

    def serve(self) -> None:
        """Send everything that is due, and come back when the next thing is."""
        for visit in tuple(self._visits):
            self._collect(visit)
            if visit.conversation.closed:
                self._end(visit)
        self._schedule()

    def _collect(self, visit: Visit) -> None:
        now, due = self.clock.now(), visit.conversation.due()
        if due is not None and due <= now and visit.client.takes_bytes:
            for data in visit.conversation.collect(now):
                visit.client.send(data)

    def _end(self, visit: Visit) -> None:
        if visit in self._visits:
            self._visits.remove(visit)
            finished = visit.conversation.closed
            if not finished:
                visit.conversation.disconnect(self.clock.now())
            visit.client.hang_up(reset=visit.conversation.reset, finished=finished)

    def _schedule(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        dues = [visit.conversation.due() for visit in self._visits if visit.client.takes_bytes]
        next_due = min((due for due in dues if due is not None), default=None)
        if next_due is not None:
            wait_s = max(SHORTEST_WAIT_S, next_due - self.clock.now())
            self._timer = self._loop.call_later(wait_s, self.serve)
