"""The data connection: bytes from the server only, paired with a control connection by its local port."""

from operando.drivers.clock import Clock
from operando.drivers.errors import FramingError, InstrumentError, ProtocolError, TransportClosed
from operando.drivers.links import Address, Link, LinkRegistry, StreamBuffer
from operando.drivers.microscopes.sharksem_connection import ControlConnection
from operando.drivers.microscopes.sharksem_message import HEADER_SIZE, decode_header

__all__ = ["DataConnection"]


class DataConnection:
    """Delivers `ScData` bodies as they arrive, and never waits for them.

    The server pairs it with the control connection that announced its local port (SharkRemote 2.0.25, session
    management), so it is paired anew when either of the two was opened anew.
    """

    def __init__(self, links: LinkRegistry, address: Address, control: ControlConnection, clock: Clock) -> None:
        self._links = links
        self._address = address
        self._control = control
        self._clock = clock
        self._link: Link | None = None
        self._buffer: StreamBuffer | None = None
        self._paired_with = 0

    def pair(self) -> None:
        """Make sure that pictures can arrive.

        Raises:
            ProtocolError: if the server refuses the port.
            TransportError: if one of the two connections cannot be opened.
        """
        if self._link is not None and self._paired_with == self._control.generation:
            return
        self.drop()
        pending = self._links.prepare(self._address)
        try:
            self._announce(pending.local_port)
        except InstrumentError:
            pending.close()
            raise
        self._link = pending.connect()
        self._buffer = StreamBuffer(self._link, self._clock)
        self._paired_with = self._control.generation

    def ready(self) -> None:
        """Pair, and forget what is left of earlier scans; a link that broke meanwhile is opened anew.

        Raises:
            ProtocolError, TransportError: as `pair`.
        """
        self.pair()
        try:
            self.arrived()
        except (TransportClosed, FramingError):
            self.pair()

    def arrived(self) -> list[memoryview]:
        """The bodies of all `ScData` messages that are here now; other messages are left out.

        Raises:
            TransportClosed: if the connection is gone; `pair` opens it anew.
            FramingError: if bytes arrived that are no message; the connection is dropped.
        """
        if self._buffer is None:
            raise TransportClosed("the data connection is not open", where=str(self._address))
        try:
            data = memoryview(self._buffer.available())
            bodies, used = _cut(data, str(self._address))
        except (TransportClosed, FramingError):
            self.drop()
            raise
        self._buffer.give_back(bytes(data[used:]))
        return bodies

    def _announce(self, local_port: int) -> None:
        answer = self._control.ask("TcpRegDataPort", local_port).integer()
        if answer != 0:
            raise ProtocolError(
                f"the server refuses the data port {local_port} (answer {answer})",
                where=self._control.where,
                remedy="Restart the SharkSEM server, and check that no firewall changes ports.",
            )

    def drop(self) -> None:
        """Let go of the link."""
        if self._link is not None:
            self._link.close()
        self._link = self._buffer = None


def _cut(data: memoryview, source: str) -> tuple[list[memoryview], int]:
    """The bodies of the whole messages at the front, and how many bytes they take with their headers."""
    bodies: list[memoryview] = []
    at = 0
    while len(data) - at >= HEADER_SIZE:
        header = decode_header(data[at : at + HEADER_SIZE], source)
        end = at + HEADER_SIZE + header.body_size
        if end > len(data):
            break
        if header.command == "ScData":
            bodies.append(data[at + HEADER_SIZE : end])
        at = end
    return bodies, at
