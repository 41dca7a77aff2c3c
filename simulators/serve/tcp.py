"""A door to an instrument over TCP, on loopback."""

import asyncio
import os
import socket
import struct

from operando.simulators.serve.listener import Connection, Listener
from operando.simulators.serve.traffic import ServedInstrument, Traffic, Visit

__all__ = ["TcpDoor", "reset_when_closed"]

LINGER_NOT = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)
"""Closing then sends RST and drops what was not sent: what a client sees of a host that was switched off and on."""


def reset_when_closed(transport: asyncio.Transport) -> None:
    """Let the connection end by RST."""
    opened: socket.socket = transport.get_extra_info("socket")
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NOT)


class TcpDoor:
    """Takes any number of clients; whom the instrument does not take is hung up on at once."""

    def __init__(self, traffic: Traffic, instrument: ServedInstrument, endpoint: str, bound: socket.socket) -> None:
        self._listener = Listener(bound, lambda: _TcpClient(traffic, instrument, endpoint))
        self.address = self._listener.address

    async def open(self) -> None:
        """Listen."""
        await self._listener.open()

    async def close(self) -> None:
        """Listen no more."""
        await self._listener.close()


class _TcpClient(Connection):
    """One connection. Pairs with others by the client's own port."""

    def __init__(self, traffic: Traffic, instrument: ServedInstrument, endpoint: str) -> None:
        super().__init__()
        self.takes_bytes = True
        self._traffic = traffic
        self._instrument = instrument
        self._endpoint = endpoint
        self._visit: Visit | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        peer_port = int(transport.get_extra_info("peername")[1])
        try:
            self._visit = self._traffic.open(self._instrument, self._endpoint, peer_port, self)
        except ConnectionRefusedError:
            self.transport.abort()

    def data_received(self, data: bytes) -> None:
        if self._visit is not None:
            self._traffic.arrived(self._visit, data)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._visit is not None:
            self._traffic.gone(self._visit)
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        self.takes_bytes = False

    def resume_writing(self) -> None:
        self.takes_bytes = True
        self._traffic.serve()

    def send(self, data: bytes) -> None:
        self.transport.write(data)

    def hang_up(self, *, reset: bool, finished: bool) -> None:
        if reset:
            reset_when_closed(self.transport)
        if finished and not reset:
            self.transport.close()
        else:
            self.transport.abort()
