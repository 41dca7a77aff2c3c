"""The proxy for UDP: each peer gets a socket of its own towards the server."""

import asyncio
from typing import cast

from operando.drivers.clock import Clock
from operando.simulators.faults import WireFaults
from operando.simulators.proxy.forwarding import Forwarding
from operando.simulators.serve.listener import LOOPBACK

__all__ = ["UdpProxy"]

Peer = tuple[str, int]


class _Datagrams(asyncio.DatagramProtocol):
    """One socket, and when it is gone."""

    transport: asyncio.DatagramTransport

    def __init__(self) -> None:
        self.lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.DatagramTransport, transport)  # what create_datagram_endpoint makes

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost.set_result(None)


class UdpProxy:
    """Listens on a free port of loopback.

    Args:
        clock: real.
        faults: what goes wrong; rules may be added while it runs.
        host, port: the server.
    """

    def __init__(self, clock: Clock, faults: WireFaults, host: str, port: int) -> None:
        self.address = ""
        self._clock = clock
        self._faults = faults
        self._server = (host, port)
        self._peers: dict[Peer, _TowardsServer] = {}
        self._forgotten: list[asyncio.Future[None]] = []

    async def open(self) -> None:
        """Listen."""
        loop = asyncio.get_running_loop()
        _, self._door = await loop.create_datagram_endpoint(lambda: _Door(self), local_addr=(LOOPBACK, 0))
        self.address = f"udp://{LOOPBACK}:{self._door.transport.get_extra_info('sockname')[1]}"

    async def close(self) -> None:
        """Listen no more."""
        for peer in tuple(self._peers):
            self.forget(peer)
        self._door.transport.close()
        await asyncio.gather(self._door.lost, *self._forgotten)

    def hear(self, data: bytes, peer: Peer) -> None:
        """A datagram from a peer."""
        if self._faults.unplugged(self._clock.now()):
            return
        if peer not in self._peers:
            self._peers[peer] = _TowardsServer(self, peer)
        self._peers[peer].say(data)

    def forget(self, peer: Peer) -> None:
        """The next datagram of this peer leaves from another socket."""
        self._forgotten.append(self._peers.pop(peer).close())

    def make_forwarding(self, peer: Peer, towards: asyncio.DatagramTransport) -> Forwarding:
        """Both ways between a peer and the server."""
        return Forwarding(
            self._clock,
            self._faults,
            towards.sendto,
            lambda data: self._door.transport.sendto(data, peer),
            lambda _: self.forget(peer),
        )

    async def reach(self, towards: "_TowardsServer") -> None:
        """Open a socket towards the server."""
        await asyncio.get_running_loop().create_datagram_endpoint(lambda: towards, remote_addr=self._server)


class _Door(_Datagrams):
    """Where the peers knock."""

    def __init__(self, proxy: UdpProxy) -> None:
        super().__init__()
        self._proxy = proxy

    def datagram_received(self, data: bytes, addr: Peer) -> None:
        self._proxy.hear(data, addr)


class _TowardsServer(_Datagrams):
    """What one peer says to the server, and hears from it."""

    def __init__(self, proxy: UdpProxy, peer: Peer) -> None:
        super().__init__()
        self._proxy = proxy
        self._peer = peer
        self._early: list[bytes] = []
        self._forwarding: Forwarding | None = None
        self._reaching = asyncio.get_running_loop().create_task(proxy.reach(self))

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._forwarding = self._proxy.make_forwarding(self._peer, self.transport)
        for data in self._early:
            self._forwarding.from_client(data)

    def say(self, data: bytes) -> None:
        """A datagram from the peer."""
        if self._forwarding is None:
            self._early.append(data)
        else:
            self._forwarding.from_client(data)

    def datagram_received(self, data: bytes, addr: Peer) -> None:
        if self._forwarding is not None:
            self._forwarding.from_server(data)

    def error_received(self, exc: Exception) -> None:
        """Nobody listens at the server's port; a datagram that is lost is what UDP makes of this."""

    def close(self) -> asyncio.Future[None]:
        """Let go of the socket; the result tells when it is gone."""
        if self._forwarding is None:
            self._reaching.cancel()
            self.lost.set_result(None)
        else:
            self._forwarding.stop()
            self.transport.close()
        return self.lost
