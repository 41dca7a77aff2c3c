"""The control connection: requests in, replies out, one queue for each client."""

from typing import Protocol

from operando.simulators.engine import Outbox
from operando.simulators.microscopes.agenda import Agenda
from operando.simulators.microscopes.commands import Outcome
from operando.simulators.microscopes.data import DataConversation
from operando.simulators.microscopes.queue import CommandQueue, Flag
from operando.simulators.microscopes.settings import TescanSettings
from operando.simulators.microscopes.wire import Inbox, Request, Value, reply_message

__all__ = ["ControlConversation", "Server"]


class Server(Protocol):
    """What a connection needs of the microscope."""

    settings: TescanSettings
    agenda: Agenda

    def busy(self, now: float) -> Flag:
        """Which subsystems are busy."""
        ...

    def execute(self, request: Request, client: "ControlConversation", now: float) -> Outcome:
        """Carry a command out."""
        ...

    def encode(self, values: tuple[Value, ...]) -> bytes:
        """The body of a reply."""
        ...

    def settle(self, now: float) -> None:
        """Something may have changed: account for it, and execute what waited for it."""
        ...

    def forget(self, client: "ControlConversation") -> None:
        """The client is gone."""
        ...


class ControlConversation:
    """One client."""

    def __init__(self, server: Server) -> None:
        self.closed = False
        self.data: DataConversation | None = None
        self._server = server
        self._inbox = Inbox()
        self._queue = CommandQueue()
        self._outbox = Outbox()

    def feed(self, data: bytes, now: float) -> None:
        """Requests arrive; those that nothing holds are executed at once."""
        present = self._server.agenda.reach(now)
        self._inbox.put(data)
        for request in self._inbox.requests():
            self._queue.put(request)
            self._server.settle(present)

    def due(self) -> float | None:
        """When the next reply comes, or the next change that may free the queue."""
        reply = self._outbox.due()
        change = self._server.agenda.next() if self._queue else None
        return min((when for when in (reply, change) if when is not None), default=None)

    def collect(self, now: float) -> list[bytes]:
        """The replies that are due."""
        self._server.settle(self._server.agenda.reach(now))
        return self._outbox.collect(now)

    def disconnect(self, now: float) -> None:
        """The client is gone, and with it what it had queued; what runs goes on."""
        self.closed = True
        self._queue.clear()
        self._outbox.clear()
        if self.data is not None:
            self.data.hang_up()
        self._server.forget(self)
        self._server.settle(self._server.agenda.reach(now))

    def execute_next(self, now: float) -> bool:
        """Execute the command at the head of the queue, if nothing holds it.

        Returns:
            whether there was one.
        """
        request = self._queue.next_ready(now, self._server.busy(now))
        if request is None:
            return False
        outcome = self._server.execute(request, self, now)
        if outcome.ignored:
            return True
        done_s = now + self._server.settings.execution_s + outcome.takes_s
        self._queue.hold(done_s)
        self._server.agenda.wake(done_s)
        if outcome.values is not None or request.flags & Flag.SEND_RESPONSE:
            self._outbox.put(reply_message(request, self._server.encode(outcome.values or ())), done_s)
        return True
