"""The data connection: image messages from the server to the client, and nothing the other way."""

from concurrent.futures import Future

from operando.simulators.darkroom import Darkroom
from operando.simulators.microscopes.agenda import Agenda
from operando.simulators.microscopes.faults import MicroscopeFaults
from operando.simulators.microscopes.scanner import Scan

__all__ = ["DataConversation"]


class DataConversation:
    """Messages of the scans that its client started, drawn when they are due, some at a time."""

    def __init__(
        self, agenda: Agenda, faults: MicroscopeFaults, slow_client_s: float | None, darkroom: Darkroom
    ) -> None:
        self.closed = False
        self._agenda = agenda
        self._faults = faults
        self._slow_client_s = slow_client_s
        self._darkroom = darkroom
        self._scans: list[Scan] = []
        self._drawing: Future[list[bytes]] | None = None

    def receive(self, scan: Scan) -> None:
        """A scan begins whose messages go here."""
        self._scans = [earlier for earlier in self._scans if earlier.due() is not None]
        self._scans.append(scan)

    def feed(self, data: bytes, now: float) -> None:
        """The server does not read this connection."""

    def due(self) -> float | None:
        """When the next message is sent; nothing is while some are being drawn."""
        if self.closed:
            return None
        if self._drawing is not None:
            return self._agenda.now if self._drawing.done() else None
        return min((due for scan in self._scans if (due := scan.due()) is not None), default=None)

    def collect(self, now: float) -> list[bytes]:
        """The messages that were sent by now; a client that left them lying for too long is dropped."""
        self._agenda.reach(now)  # what happens until then may change how the lines are exposed
        if self._drawing is None:
            self._draw(now)
        if self._drawing is None or not self._drawing.done():
            return []
        messages, self._drawing = self._drawing.result(), None
        return [sent for message in messages for sent in self._sent(message)]

    def _draw(self, now: float) -> None:
        due = self.due()
        if due is None or due > now:
            return
        if self._slow_client_s is not None and now - due > self._slow_client_s:
            self.hang_up()
            return
        works = [scan.take(now) for scan in self._scans]
        self._drawing = self._darkroom.develop(lambda: [message for work in works for message in work()])

    def disconnect(self, now: float) -> None:
        """The client is gone; the scan goes on without it."""
        del now
        self.hang_up()

    def hang_up(self) -> None:
        """Close, and forget what was not collected."""
        self.closed = True
        self._drawing = None
        self._scans.clear()

    def _sent(self, message: bytes) -> list[bytes]:
        if self._faults.lost_chunks > 0:
            self._faults.lost_chunks -= 1
            return []
        if self._faults.repeated_chunks > 0:
            self._faults.repeated_chunks -= 1
            return [message, message]
        return [message]
