"""`tcp://host:port`: plain stdlib sockets, with Nagle off, end of file detected and real errors."""

import socket

from operando.drivers.errors import ConfigMismatch, TransportClosed, TransportTimeout
from operando.drivers.links.address import Address
from operando.drivers.links.link import Link, LinkContext, PendingLink

__all__ = ["TcpLinks"]

CONNECT_TIMEOUT_S = 3.0
WRITE_TIMEOUT_S = 3.0
CHUNK = 1 << 16


class TcpLinks:
    """Opens TCP connections."""

    virtual = False

    def __init__(self, context: LinkContext) -> None:
        del context  # real sockets need no world

    def open(self, address: Address) -> Link:
        """Connect to the address."""
        return _PendingTcp(address, bind=False).connect()

    def prepare(self, address: Address) -> PendingLink:
        """Bind a local port from which to connect later."""
        return _PendingTcp(address, bind=True)

    def truth(self) -> None:
        """Real sockets know no truth."""


class _PendingTcp:
    def __init__(self, address: Address, *, bind: bool) -> None:
        if address.port is None:
            raise ConfigMismatch(f"{address} has no port", remedy="Write tcp://host:port.")
        self._target = (address.place, address.port)
        self._address = address
        family = socket.AF_INET6 if ":" in address.place else socket.AF_INET
        self._socket = socket.socket(family, socket.SOCK_STREAM)
        if bind:
            self._socket.bind(("", 0))

    @property
    def local_port(self) -> int:
        return int(self._socket.getsockname()[1])

    def connect(self) -> Link:
        self._socket.settimeout(CONNECT_TIMEOUT_S)
        try:
            self._socket.connect(self._target)
        except OSError as error:
            self._socket.close()
            raise TransportClosed(
                f"cannot connect ({_why(error)})",
                where=str(self._address),
                remedy="Check the cable, the address and that the instrument's server runs.",
            ) from error
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return _TcpLink(self._address, self._socket)

    def close(self) -> None:
        self._socket.close()


class _TcpLink:
    simulated = False

    def __init__(self, address: Address, connected: socket.socket) -> None:
        self.address = address
        self._socket = connected

    def write(self, data: bytes) -> None:
        self._socket.settimeout(WRITE_TIMEOUT_S)
        try:
            self._socket.sendall(data)
        except TimeoutError as error:
            raise TransportTimeout("the other end does not take our bytes", where=str(self.address)) from error
        except OSError as error:
            raise _closed(self.address, error) from error

    def read(self, timeout_s: float) -> bytes:
        self._socket.settimeout(timeout_s)
        try:
            data = self._socket.recv(CHUNK)
        except BlockingIOError:
            return b""
        except TimeoutError as error:
            raise TransportTimeout(f"no bytes within {timeout_s:g} s", where=str(self.address)) from error
        except OSError as error:
            raise _closed(self.address, error) from error
        if not data:
            raise _closed(self.address, "end of stream")
        return data

    def close(self) -> None:
        self._socket.close()


def _closed(address: Address, why: object) -> TransportClosed:
    return TransportClosed(f"the connection is closed ({why})", where=str(address))


def _why(error: OSError) -> str:
    """What an operating system's error means for whoever stands before the instrument."""
    match error:
        case ConnectionRefusedError():
            return "the computer is there, but nothing listens at this port"
        case socket.gaierror():
            return "no computer of this name is known in the network"
        case TimeoutError():
            return f"no answer in {CONNECT_TIMEOUT_S:g} s"
        case _:
            return error.strerror or str(error)
