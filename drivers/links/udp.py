"""`udp://host:port`: datagrams to and from one peer."""

import socket

from operando.drivers.errors import ConfigMismatch, TransportClosed, TransportTimeout
from operando.drivers.links.address import Address
from operando.drivers.links.link import Link, LinkContext, PendingLink

__all__ = ["UdpLinks"]

LARGEST_DATAGRAM = 65535


class UdpLinks:
    """Opens UDP sockets that speak to one address only."""

    virtual = False

    def __init__(self, context: LinkContext) -> None:
        del context  # real sockets need no world

    def open(self, address: Address) -> Link:
        """Open a socket; UDP cannot tell whether anybody listens."""
        if address.port is None:
            raise ConfigMismatch(f"{address} has no port", remedy="Write udp://host:port.")
        family = socket.AF_INET6 if ":" in address.place else socket.AF_INET
        opened = socket.socket(family, socket.SOCK_DGRAM)
        try:
            opened.connect((address.place, address.port))
        except OSError as error:
            opened.close()
            raise TransportClosed(f"cannot reach this address ({error})", where=str(address)) from error
        return _UdpLink(address, opened)

    def prepare(self, address: Address) -> PendingLink:
        """No instrument needs this over UDP."""
        raise ConfigMismatch(f"{address} cannot be prepared", remedy="Use a tcp:// address here.")

    def truth(self) -> None:
        """Real sockets know no truth."""


class _UdpLink:
    simulated = False

    def __init__(self, address: Address, opened: socket.socket) -> None:
        self.address = address
        self._socket = opened

    def write(self, data: bytes) -> None:
        try:
            self._socket.send(data)
        except OSError as error:
            raise TransportClosed(f"cannot send ({error})", where=str(self.address)) from error

    def read(self, timeout_s: float) -> bytes:
        self._socket.settimeout(timeout_s)
        try:
            return self._socket.recv(LARGEST_DATAGRAM)
        except BlockingIOError:
            return b""
        except TimeoutError as error:
            raise TransportTimeout(f"no datagram within {timeout_s:g} s", where=str(self.address)) from error
        except OSError as error:  # an ICMP "port unreachable" arrives as ConnectionRefusedError
            raise TransportClosed(f"nobody listens there ({error})", where=str(self.address)) from error

    def close(self) -> None:
        self._socket.close()
