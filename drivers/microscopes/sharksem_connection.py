"""One control connection to a SharkSEM server: questions, orders and their deadlines.

The server never speaks first and is silent about what it does not know, so every question has a deadline. Replies
are matched by the identifier that the server echoes; one that comes after its deadline is dropped when it arrives.
"""

import math
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from operando.drivers.clock import Clock
from operando.drivers.errors import FramingError, StaleReply, TransportClosed, TransportTimeout
from operando.drivers.links import Link, StreamBuffer
from operando.drivers.microscopes.sharksem_message import (
    HEADER_SIZE,
    Argument,
    Body,
    Header,
    decode_header,
    encode_body,
    encode_message,
)

__all__ = ["EXCHANGE_S", "ControlConnection", "Request", "ask", "tell"]

EXCHANGE_S = 2.0
"""How long an ordinary exchange may take. TESCAN's server answers within milliseconds, and stops a scan in 0.8 s."""


@dataclass(frozen=True, slots=True)
class Request:
    """One command; `answers` tells whether a reply comes back."""

    command: str
    arguments: tuple[Argument, ...]
    answers: bool


def ask(command: str, *arguments: Argument) -> Request:
    """A command with a return value or out arguments."""
    return Request(command, arguments, answers=True)


def tell(command: str, *arguments: Argument) -> Request:
    """A command without a reply."""
    return Request(command, arguments, answers=False)


class ControlConnection:
    """Exchanges on one connection, one after the other. Opens when needed, and anew after the link broke.

    Args:
        open_link: connects; nothing is sent.
        clock: bounds every exchange.
        where: the instrument and its address, for errors.
    """

    def __init__(self, open_link: Callable[[], Link], clock: Clock, where: str) -> None:
        self.where = where
        self.generation = 0
        """Counts the links opened so far: what the server knew of an older one is gone."""
        self.round_trip_s = math.inf
        """The shortest exchange so far: what the wire and a server at rest need."""
        self._open_link = open_link
        self._clock = clock
        self._lock = threading.RLock()
        self._link: Link | None = None
        self._buffer: StreamBuffer | None = None
        self._late: set[int] = set()
        self._identifier = 0
        self._closed = False

    def ask(self, command: str, *arguments: Argument, timeout_s: float = EXCHANGE_S) -> Body:
        """Ask one question; see `exchange`."""
        return self.exchange([ask(command, *arguments)], timeout_s)[0]

    def tell(self, *requests: Request) -> None:
        """Send orders that have no reply; see `exchange`."""
        self.exchange(requests)

    def exchange(self, requests: Sequence[Request], timeout_s: float = EXCHANGE_S) -> list[Body]:
        """Send commands in one write and collect the replies of those that answer, in order.

        Raises:
            TransportTimeout: if a reply is missing at the deadline; the next exchange is right nevertheless. One that
                stopped in the middle costs the link.
            TransportClosed: if the link is broken or cannot be opened; the next exchange opens it anew.
            StaleReply: if a reply arrived that nobody waits for.
            FramingError: if bytes arrived that are no reply; the next exchange opens the link anew.
        """
        with self._lock:
            self._forget_what_nobody_waits_for()
            link, buffer = self._opened()
            first = self._identifier + 1
            self._identifier += len(requests)
            numbered = list(enumerate(requests, start=first))
            waiting = {number: request.command for number, request in numbered if request.answers}
            try:
                link.write(b"".join(_encoded(number, request) for number, request in numbered))
            except (TransportClosed, TransportTimeout):
                self._drop()  # part of a message may be gone: nothing that follows would be understood
                raise
            started_s = self._clock.now()
            replies = self._replies(buffer, waiting, started_s + timeout_s)
            if replies:
                self.round_trip_s = min(self.round_trip_s, self._clock.now() - started_s)
            return replies

    def close(self) -> None:
        """Let go of the link for good."""
        with self._lock:
            self._closed = True
            self._drop()

    def _replies(self, buffer: StreamBuffer, waiting: dict[int, str], deadline_s: float) -> list[Body]:
        missing = dict(waiting)
        bodies: dict[int, Body] = {}
        try:
            while missing:
                header, body = self._message(buffer, next(iter(missing.values())), deadline_s)
                if header.identifier in missing:
                    command = missing.pop(header.identifier)
                    self._check_command(header, command)
                    bodies[header.identifier] = Body(body, f"{self.where}, reply to {command}")
                else:
                    self._pass_over(header, min(waiting))
        except (TransportClosed, FramingError):
            self._drop()
            raise
        except (TransportTimeout, StaleReply):
            if len(buffer):
                self._drop()  # a message that stops in the middle would be joined with the next one
            else:
                self._late.update(missing)
            raise
        return [bodies[number] for number in waiting]

    def _forget_what_nobody_waits_for(self) -> None:
        """What is here before a question is sent answers none; what makes no sense costs the link, not the question.

        Raises:
            TransportClosed: if the link is broken.
        """
        if self._buffer is None:
            return
        try:
            data = self._buffer.available()
            while len(data) >= HEADER_SIZE and len(data) >= (size := _message_size(data, self.where)):
                self._late.discard(decode_header(data[:HEADER_SIZE], self.where).identifier)
                data = data[size:]
            if data and not self._late:
                self._drop()
            else:
                self._buffer.give_back(data)
        except TransportClosed:
            self._drop()
            raise
        except FramingError:
            self._drop()

    def _check_command(self, header: Header, command: str) -> None:
        if header.command != command:
            raise FramingError(f"asked for {command}, was answered {header.command}", where=self.where)

    def _pass_over(self, header: Header, asked_from: int) -> None:
        """Drop a reply to an older question: it comes after its deadline, or for the second time."""
        if header.identifier >= asked_from:
            raise StaleReply(
                f"got a reply to {header.command} ({header.identifier}) for which nobody waits",
                where=self.where,
                remedy="Ask again; if it comes back, restart the SharkSEM server.",
            )
        self._late.discard(header.identifier)

    def _message(self, buffer: StreamBuffer, command: str, deadline_s: float) -> tuple[Header, bytes]:
        try:
            raw = buffer.read_exactly(HEADER_SIZE, deadline_s - self._clock.now())
            header = decode_header(raw, self.where)
            try:
                return header, buffer.read_exactly(header.body_size, deadline_s - self._clock.now())
            except TransportTimeout:
                buffer.give_back(raw)
                raise
        except TransportTimeout as error:
            raise TransportTimeout(
                f"no answer to {command} by the deadline ({error.what})",
                where=self.where,
                remedy="Check that the SharkSEM server runs and that its protocol version knows this command.",
            ) from error

    def _opened(self) -> tuple[Link, StreamBuffer]:
        if self._closed:
            raise TransportClosed(
                "the connection was closed by this program", where=self.where, remedy="Open the bench anew."
            )
        if self._link is None or self._buffer is None:
            self._link = self._open_link()
            self._buffer = StreamBuffer(self._link, self._clock)
            self.generation += 1
        return self._link, self._buffer

    def _drop(self) -> None:
        if self._link is not None:
            self._link.close()
        self._link = self._buffer = None
        self._late.clear()


def _message_size(data: bytes, where: str) -> int:
    return HEADER_SIZE + decode_header(data[:HEADER_SIZE], where).body_size


def _encoded(number: int, request: Request) -> bytes:
    return encode_message(request.command, encode_body(*request.arguments), identifier=number)
