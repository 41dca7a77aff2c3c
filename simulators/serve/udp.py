"""A door to an instrument over UDP, on loopback."""

import asyncio
import socket
from typing import cast

from operando.simulators.serve.listener import LOOPBACK
from operando.simulators.serve.traffic import ServedInstrument, Traffic, Visit

__all__ = ["UdpDoor"]

FORGOTTEN_AFTER_S = 60.0
"""A peer that was silent for this long is forgotten here; instruments that bind to one host do so for less."""

Peer = tuple[str, int]


class UdpDoor(asyncio.DatagramProtocol):
    """Each peer address is a client. A cut wire loses datagrams, as it does everywhere."""

    def __init__(self, traffic: Traffic, instrument: ServedInstrument) -> None:
        self._traffic = traffic
        self._instrument = instrument
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((LOOPBACK, 0))
        self.address = f"udp://{LOOPBACK}:{self._socket.getsockname()[1]}"
        self.address_for_a_driver = f"{self.address}?local_port={_free_port()}"
        self._clients: dict[Peer, _UdpClient] = {}
        self._lost: asyncio.Future[None] | None = None

    async def open(self) -> None:
        """Listen."""
        loop = asyncio.get_running_loop()
        self._lost = loop.create_future()
        await loop.create_datagram_endpoint(lambda: self, sock=self._socket)

    async def close(self) -> None:
        """Listen no more."""
        if self._lost is None:
            self._socket.close()
        else:
            self._transport.close()
            await self._lost

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)  # what create_datagram_endpoint makes

    def connection_lost(self, exc: Exception | None) -> None:
        if self._lost is not None:
            self._lost.set_result(None)

    def datagram_received(self, data: bytes, addr: Peer) -> None:
        self._forget_silent_peers()
        client = self._clients.get(addr)
        if client is None:
            client = _UdpClient(self, addr)
            try:
                client.visit = self._traffic.open(self._instrument, "", addr[1], client)
            except ConnectionRefusedError:
                return
            self._clients[addr] = client
        client.heard_s = self._traffic.clock.now()
        if client.visit is not None:
            self._traffic.arrived(client.visit, data)

    def send_to(self, data: bytes, peer: Peer) -> None:
        """One datagram to a peer."""
        self._transport.sendto(data, peer)

    def forget(self, peer: Peer) -> None:
        """The next datagram of this peer begins a conversation of its own."""
        self._clients.pop(peer, None)

    def _forget_silent_peers(self) -> None:
        heard_after_s = self._traffic.clock.now() - FORGOTTEN_AFTER_S
        for peer, client in tuple(self._clients.items()):
            if client.heard_s < heard_after_s:
                self.forget(peer)
                if client.visit is not None:
                    self._traffic.gone(client.visit)


class _UdpClient:
    """One peer address."""

    takes_bytes = True

    def __init__(self, door: UdpDoor, peer: Peer) -> None:
        self.visit: Visit | None = None
        self.heard_s = 0.0
        self._door = door
        self._peer = peer

    def send(self, data: bytes) -> None:
        self._door.send_to(data, self._peer)

    def hang_up(self, *, reset: bool, finished: bool) -> None:
        self._door.forget(self._peer)


def _free_port() -> int:
    """A port from which the driver of every run sends, so that an instrument that binds to one host knows it again."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as opened:
        opened.bind((LOOPBACK, 0))
        return int(opened.getsockname()[1])
