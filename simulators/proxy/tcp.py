"""The proxy for TCP: each client that comes gets a connection of its own to the server."""

import asyncio
from typing import cast

from operando.drivers.clock import Clock
from operando.simulators.faults import WireFaults
from operando.simulators.proxy.forwarding import Forwarding
from operando.simulators.serve.listener import Connection, Listener, bind_neighbours
from operando.simulators.serve.tcp import reset_when_closed

__all__ = ["TcpProxy"]


class TcpProxy:
    """Listens on a free port of loopback.

    Args:
        clock: real.
        faults: what goes wrong; rules may be added while it runs.
        host, port: the server.
    """

    def __init__(self, clock: Clock, faults: WireFaults, host: str, port: int) -> None:
        self._clock = clock
        self._faults = faults
        self._server = (host, port)
        (bound,) = bind_neighbours(1)
        self._listener = Listener(bound, lambda: _Client(self))
        self._reached: set[asyncio.Future[None]] = set()
        self.address = self._listener.address

    async def open(self) -> None:
        """Listen."""
        await self._listener.open()

    async def close(self) -> None:
        """Listen no more, and end every connection."""
        await self._listener.close()
        await asyncio.gather(*self._reached)

    def unplugged(self) -> bool:
        """Whether no client is let in now."""
        return self._faults.unplugged(self._clock.now())

    async def reach(self, client: "_Client") -> "_Server":
        """Connect to the server for a client.

        Raises:
            OSError: if nobody answers there.
        """
        _, server = await asyncio.get_running_loop().create_connection(lambda: _Server(client), *self._server)
        self._reached.add(server.lost)
        server.lost.add_done_callback(self._reached.discard)
        return server

    def forwarding(self, client: "_Client", server: "_Server") -> Forwarding:
        """Both ways between a client and the server."""
        return Forwarding(self._clock, self._faults, server.transport.write, client.transport.write, client.end)


class _Client(Connection):
    """What a client says before the server is reached is kept."""

    def __init__(self, proxy: TcpProxy) -> None:
        super().__init__()
        self.forwarding: Forwarding | None = None
        self._proxy = proxy
        self._server: _Server | None = None
        self._early = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        if self._proxy.unplugged():
            self.end(reset=True)
        else:
            self._reaching = asyncio.get_running_loop().create_task(self._reach())

    async def _reach(self) -> None:
        try:
            self._server = await self._proxy.reach(self)
        except OSError:
            self.end(reset=True)  # the client sees what it would see without the proxy: nobody is there
            return
        self.forwarding = self._proxy.forwarding(self, self._server)
        if self._early:
            self.forwarding.from_client(self._early)
        if self.transport.is_closing():
            self._server.transport.close()

    def data_received(self, data: bytes) -> None:
        if self.forwarding is None:
            self._early += data
        else:
            self.forwarding.from_client(data)

    def connection_lost(self, exc: Exception | None) -> None:
        if self.forwarding is not None:
            self.forwarding.stop()
        if self._server is not None:
            self._server.transport.close()
        super().connection_lost(exc)

    def end(self, reset: bool) -> None:
        """End both sides."""
        if self._server is not None:
            self._server.transport.close()
        if reset:
            reset_when_closed(self.transport)
            self.transport.abort()
        else:
            self.transport.close()


class _Server(asyncio.Protocol):
    transport: asyncio.Transport

    def __init__(self, client: _Client) -> None:
        self.lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._client = client

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # what create_connection makes

    def data_received(self, data: bytes) -> None:
        if self._client.forwarding is None:  # a server that greets: the client's side is ready one turn later
            asyncio.get_running_loop().call_soon(self.data_received, data)
        else:
            self._client.forwarding.from_server(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self._client.transport.close()
        self.lost.set_result(None)
