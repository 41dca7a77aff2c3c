"""A listening TCP socket on loopback and the connections that it has accepted."""

import asyncio
import socket
from collections.abc import Callable
from typing import cast

__all__ = ["LOOPBACK", "Connection", "Listener", "bind_neighbours"]

LOOPBACK = "127.0.0.1"
ATTEMPTS = 100
HIGHEST_PORT = 65535

LAST_WORDS_S = 1.0
"""For a client that does not read."""

PASSES = 5
"""Of the loop, after which a client that was just let in has its connection: asyncio takes three."""


def bind_neighbours(count: int) -> list[socket.socket]:
    """Sockets on consecutive free ports: SharkSEM clients expect the data port one above the control port.

    Raises:
        OSError: if no such ports were found.
    """
    for _ in range(ATTEMPTS):
        bound = [_bound(0)]
        first = int(bound[0].getsockname()[1])
        try:
            bound += [_bound(port) for port in range(first + 1, first + count)]
        except OSError:
            for taken in bound:
                taken.close()
            continue
        return bound
    raise OSError(f"found no {count} consecutive free ports on {LOOPBACK}")


def _bound(port: int) -> socket.socket:
    if port > HIGHEST_PORT:
        raise OSError(f"there is no port {port}")
    # asyncio switches Nagle's delay off only for sockets that say that they are TCP
    opened = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        opened.bind((LOOPBACK, port))
    except OSError:
        opened.close()
        raise
    return opened


class Connection(asyncio.Protocol):
    """One accepted connection."""

    transport: asyncio.Transport

    def __init__(self) -> None:
        self.lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # what create_server makes

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost.set_result(None)


class Listener:
    """Listens on a socket that is bound already.

    Args:
        bound: on loopback.
        accept: makes what talks to a new client.
    """

    def __init__(self, bound: socket.socket, accept: Callable[[], Connection]) -> None:
        self.address = f"tcp://{LOOPBACK}:{bound.getsockname()[1]}"
        self._socket = bound
        self._accept = accept
        self._server: asyncio.Server | None = None
        self._connections: set[Connection] = set()

    async def open(self) -> None:
        """Listen."""
        self._server = await asyncio.get_running_loop().create_server(self._accepted, sock=self._socket)

    async def close(self) -> None:
        """Listen no more, and end every connection when what was said has been sent, or nobody takes it."""
        if self._server is None:
            self._socket.close()
        else:
            # asyncio loses a client that it has accepted but not yet connected when the server is closed
            asyncio.get_running_loop().remove_reader(self._socket)
            for _ in range(PASSES):
                await asyncio.sleep(0)
            self._server.close()
        connections = tuple(self._connections)
        for connection in connections:
            connection.transport.close()
        if connections:
            await asyncio.wait([connection.lost for connection in connections], timeout=LAST_WORDS_S)
        for connection in connections:
            connection.transport.abort()
        await asyncio.gather(*(connection.lost for connection in connections))

    def _accepted(self) -> Connection:
        connection = self._accept()
        self._connections.add(connection)
        connection.lost.add_done_callback(lambda _: self._connections.discard(connection))
        return connection
