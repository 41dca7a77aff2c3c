"""A door to an instrument over UDP, on loopback."""

import asyncio
import socket
from typing import Any

from operando.simulators.serve.tcp import LOOPBACK
from operando.simulators.serve.traffic import ServedInstrument, Traffic, Visit

__all__ = ["UdpDoor"]

FORGOTTEN_AFTER_S = 60.0
"""A peer that was silent for this long is forgotten here; instruments that bind to one host do so for less."""


class UdpDoor(asyncio.DatagramProtocol):
    """Each peer address is a client. A cut wire loses datagrams, as it does everywhere."""

    def __init__(self, instrument: ServedInstrument) -> None:
        self._instrument = instrument
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((LOOPBACK, 0))
        self.address = f"udp://{LOOPBACK}:{self._socket.getsockname()[1]}"
        self._traffic: Traffic | None = None
        self._transport: asyncio.DatagramTransport | None = None
        self._peers: dict[tuple[str, int], _Peer] = {}

    async def open(self, traffic: Traffic, loop: asyncio.AbstractEventLoop) -> None:
        """Listen."""
        self._traffic = traffic
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, sock=self._socket)

    def close(self) -> None:
        """Listen no more."""
        if self._transport is not None:
            self._transport.close()
        self._socket.close()

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        peer = self._peer((str(addr[0]), addr[1]))
        if peer is not None and peer.visit is not None and self._traffic is not None:
            self._traffic.arrived(peer.visit, data)

    def send_to(self, data: bytes, address: tuple[str, int]) -> None:
        """One datagram to a peer."""
        if self._transport is not None:
            self._transport.sendto(data, address)

    def forget(self, address: tuple[str, int]) -> None:
        """The next datagram of this peer begins a conversation of its own."""
        self._peers.pop(address, None)

    def _peer(self, address: tuple[str, int]) -> "_Peer | None":
        if self._traffic is None:
            return None
        now = self._traffic.clock.now()
        for silent in [peer for peer in self._peers.values() if now - peer.heard_s > FORGOTTEN_AFTER_S]:
            self._peers.pop(silent.address)
            if silent.visit is not None:
                self._traffic.gone(silent.visit)
        if address not in self._peers:
            peer = _Peer(self, address)
            try:
                peer.visit = self._traffic.open(self._instrument, "", address[1], peer)
            except ConnectionRefusedError:
                return None
            self._peers[address] = peer
        self._peers[address].heard_s = now
        return self._peers[address]


class _Peer:
    """One peer address."""

    takes_bytes = True

    def __init__(self, door: UdpDoor, address: tuple[str, int]) -> None:
        self.address = address
        self.visit: Visit | None = None
        self.heard_s = 0.0
        self._door = door

    def send(self, data: bytes) -> None:
        self._door.send_to(data, self.address)

    def hang_up(self) -> None:
        self._door.forget(self.address)
