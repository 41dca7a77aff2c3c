"""A door to an instrument over TCP, on loopback."""

import asyncio
import socket
from typing import cast

from operando.simulators.serve.traffic import ServedInstrument, Traffic, Visit

__all__ = ["LOOPBACK", "TcpDoor", "bind_neighbours"]

LOOPBACK = "127.0.0.1"
ATTEMPTS = 100
HIGHEST_PORT = 65535


def bind_neighbours(count: int) -> list[socket.socket]:
    """Sockets on consecutive free ports: SharkSEM clients expect the data port one above the control port.

    Raises:
        OSError: if no such ports were found.
    """
    for _ in range(ATTEMPTS):
        bound = [_bound(0)]
        first = int(bound[0].getsockname()[1])
        try:
            for port in range(first + 1, first + count):
                if port > HIGHEST_PORT:
                    raise OSError(f"there is no port {port}")
                bound.append(_bound(port))
        except OSError:
            for taken in bound:
                taken.close()
            continue
        return bound
    raise OSError(f"found no {count} consecutive free ports on {LOOPBACK}")


def _bound(port: int) -> socket.socket:
    # asyncio switches Nagle's delay off only for sockets that say that they are TCP
    opened = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        opened.bind((LOOPBACK, port))
    except OSError:
        opened.close()
        raise
    return opened


class TcpDoor:
    """Takes any number of clients; whom the instrument does not take is hung up on at once."""

    def __init__(self, instrument: ServedInstrument, endpoint: str, bound: socket.socket) -> None:
        self.address = f"tcp://{LOOPBACK}:{bound.getsockname()[1]}"
        self._instrument = instrument
        self._endpoint = endpoint
        self._socket = bound
        self._server: asyncio.Server | None = None

    async def open(self, traffic: Traffic, loop: asyncio.AbstractEventLoop) -> None:
        """Listen."""
        self._server = await loop.create_server(
            lambda: _TcpClient(traffic, self._instrument, self._endpoint), sock=self._socket
        )

    def close(self) -> None:
        """Listen no more."""
        if self._server is not None:
            self._server.close()
        self._socket.close()


class _TcpClient(asyncio.Protocol):
    """One connection."""

    def __init__(self, traffic: Traffic, instrument: ServedInstrument, endpoint: str) -> None:
        self.takes_bytes = True
        self._traffic = traffic
        self._instrument = instrument
        self._endpoint = endpoint
        self._transport: asyncio.Transport | None = None
        self._visit: Visit | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # what create_server makes
        peer_port = int(transport.get_extra_info("peername")[1])
        try:
            self._visit = self._traffic.open(self._instrument, self._endpoint, peer_port, self)
        except ConnectionRefusedError:
            self._transport.abort()

    def data_received(self, data: bytes) -> None:
        if self._visit is not None:
            self._traffic.arrived(self._visit, data)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._visit is not None:
            self._traffic.gone(self._visit)

    def pause_writing(self) -> None:
        self.takes_bytes = False

    def resume_writing(self) -> None:
        self.takes_bytes = True
        self._traffic.serve()

    def send(self, data: bytes) -> None:
        if self._transport is not None:
            self._transport.write(data)

    def hang_up(self) -> None:
        if self._transport is not None:
            self._transport.abort()
