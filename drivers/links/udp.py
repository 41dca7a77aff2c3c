"""`udp://host:port`: datagrams to and from one peer.

Option: local_port, the own port. An instrument that binds itself to one host and port (Amptek DP5: for 15 s) then knows
us again when a program has ended, or was killed, and the next one begins.
"""

import socket

from operando.drivers.errors import ConfigMismatch, TransportClosed, TransportTimeout
from operando.drivers.links.address import Address
from operando.drivers.links.link import Link, LinkContext, PendingLink

__all__ = ["UdpLinks"]

LARGEST_DATAGRAM = 65535
HIGHEST_PORT = 65535


class UdpLinks:
    """Opens UDP sockets that speak to one address only."""

    virtual = False

    def __init__(self, context: LinkContext) -> None:
        del context  # real sockets need no world

    def open(self, address: Address) -> Link:
        """Open a socket; UDP cannot tell whether anybody listens."""
        if address.port is None:
            raise ConfigMismatch(f"{address} has no port", remedy="Write udp://host:port.")
        local_port = _local_port(address)
        family = socket.AF_INET6 if ":" in address.place else socket.AF_INET
        opened = socket.socket(family, socket.SOCK_DGRAM)
        try:
            opened.bind(("", local_port))
            opened.connect((address.place, address.port))
        except OSError as error:
            opened.close()
            raise TransportClosed(
                f"cannot reach this address ({error})",
                where=str(address),
                remedy="Check the address, and that no other program holds its local_port.",
            ) from error
        return _UdpLink(address, opened)

    def prepare(self, address: Address) -> PendingLink:
        """No instrument needs this over UDP."""
        raise ConfigMismatch(f"{address} cannot be prepared", remedy="Use a tcp:// address here.")

    def truth(self) -> None:
        """Real sockets know no truth."""


def _local_port(address: Address) -> int:
    """The own port; zero for any that is free."""
    text = address.option("local_port", "0")
    if not text.isdecimal() or int(text) > HIGHEST_PORT:
        raise ConfigMismatch(f"{address}: {text!r} is no port", remedy="Write ?local_port=50001, or leave it out.")
    return int(text)


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
