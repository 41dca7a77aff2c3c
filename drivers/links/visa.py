"""`visa://TCPIP::10.0.0.5::5025::SOCKET`: whatever VISA reaches, through pyvisa with NI-VISA or pyvisa-py.

`visa://USB0::0x05E6::0x2450::04474830::INSTR`, `visa://GPIB0::24::INSTR`, `visa://ASRL/dev/ttyUSB0::INSTR?baudrate=19200`.
Options: backend (`@py` or the path of a VISA library; by default NI-VISA if it is there, else pyvisa-py), and baudrate
for serial lines (default 9600).

What pyvisa and pyvisa-py get wrong (sheet 3.3) is kept out here: `clear` is never called, because on a closed peer it
never returns; a socket of pyvisa-py is looked at before it is read, so that a closed peer is reported as such at once
and no byte that has come is lost by a time-out; Nagle's delay is switched off; a refused port is refused when it is
opened.
"""

import select
import socket
from typing import TYPE_CHECKING

from operando.drivers.errors import ConfigMismatch, TransportClosed, TransportTimeout
from operando.drivers.links.address import Address
from operando.drivers.links.link import Link, LinkContext, PendingLink

if TYPE_CHECKING:
    from pyvisa.resources import MessageBasedResource

__all__ = ["VisaLinks"]

OPEN_TIMEOUT_MS = 3000
WRITE_TIMEOUT_MS = 3000
CHUNK = 1 << 16
LARGEST_TIMEOUT_S = 60.0
READABLE_AT_ONCE = 4096
"""What pyvisa-py takes out of its socket at once: a read of no more returns without waiting for more."""
BAUDRATE = "9600"


class VisaLinks:
    """Opens VISA resources."""

    virtual = False

    def __init__(self, context: LinkContext) -> None:
        del context  # a real resource needs no world

    def open(self, address: Address) -> Link:
        """Open a resource; nothing is sent."""
        import pyvisa

        try:
            manager = pyvisa.ResourceManager(address.option("backend", ""))
            resource = manager.open_resource(address.place, open_timeout=OPEN_TIMEOUT_MS)
        except Exception as error:
            raise _not_opened(address, error) from error
        if not isinstance(resource, pyvisa.resources.MessageBasedResource):
            resource.close()
            raise ConfigMismatch(
                f"{address} takes no messages", remedy="Write the name of an INSTR or SOCKET resource."
            )
        try:
            return _prepared(address, resource)
        except BaseException:
            resource.close()
            raise

    def prepare(self, address: Address) -> PendingLink:
        """A VISA resource has no local end to fix."""
        raise ConfigMismatch(f"{address} cannot be prepared", remedy="Use a tcp:// address here.")

    def truth(self) -> None:
        """A real resource knows no truth."""


def _prepared(address: Address, resource: "MessageBasedResource") -> Link:
    import pyvisa

    resource.write_termination = ""
    if isinstance(resource, pyvisa.resources.SerialInstrument):
        resource.baud_rate = int(address.option("baudrate", BAUDRATE))
        resource.end_input = pyvisa.constants.SerialTermination.none
        return _SerialVisaLink(address, resource)
    own = _own_socket(resource)
    if own is None:
        stream = isinstance(resource, pyvisa.resources.TCPIPSocket)
        return _VisaLink(address, resource) if stream else _MessageVisaLink(address, resource)
    refused = own.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if refused:
        raise _not_opened(address, OSError(refused, "connection refused"))
    own.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return _SocketVisaLink(address, resource, own)


def _own_socket(resource: "MessageBasedResource") -> socket.socket | None:
    """The socket beneath a SOCKET resource of pyvisa-py; NI-VISA shows none."""
    sessions: object = getattr(resource.visalib, "sessions", None)
    session: object = sessions.get(resource.session) if isinstance(sessions, dict) else None
    interface: object = getattr(session, "interface", None)
    return interface if isinstance(interface, socket.socket) else None


class _VisaLink:
    """A socket of NI-VISA, and what all resources have in common."""

    simulated = False

    def __init__(self, address: Address, resource: "MessageBasedResource") -> None:
        self.address = address
        self._resource = resource

    def write(self, data: bytes) -> None:
        import pyvisa

        try:
            self._resource.timeout = WRITE_TIMEOUT_MS
            self._resource.write_raw(data)
        except pyvisa.VisaIOError as error:
            raise self._error(error, "the other end does not take our bytes") from error
        except (pyvisa.Error, OSError) as error:
            raise self._closed(error) from error

    def read(self, timeout_s: float) -> bytes:
        return self._receive(CHUNK, timeout_s)

    def close(self) -> None:
        import pyvisa

        try:
            self._resource.close()
        except (pyvisa.Error, OSError):
            return  # it was lost already

    def _receive(self, count: int, timeout_s: float) -> bytes:
        """Up to so many bytes, the first of which are waited for."""
        import pyvisa

        try:
            self._resource.timeout = max(1, round(min(timeout_s, LARGEST_TIMEOUT_S) * 1000))
            with self._resource.ignore_warning(pyvisa.constants.StatusCode.success_max_count_read):
                data, _ = self._resource.visalib.read(self._resource.session, count)
        except pyvisa.VisaIOError as error:
            timed_out = error.error_code == pyvisa.constants.StatusCode.error_timeout
            if timed_out and timeout_s <= 0:
                return b""
            raise self._error(error, f"no bytes within {timeout_s:g} s") from error
        except (pyvisa.Error, OSError) as error:
            raise self._closed(error) from error
        return bytes(data)

    def _error(self, error: "Exception", timed_out: str) -> TransportTimeout | TransportClosed:
        import pyvisa

        code = getattr(error, "error_code", None)
        if code == pyvisa.constants.StatusCode.error_timeout:
            return TransportTimeout(timed_out, where=str(self.address))
        return self._closed(error)

    def _closed(self, why: object) -> TransportClosed:
        return TransportClosed(f"the connection is closed ({why})", where=str(self.address))


class _MessageVisaLink(_VisaLink):
    """A resource that says whole messages, and only when it is asked: USBTMC, GPIB, VXI-11, HiSLIP.

    Reading what nobody has asked for is an error there, which the instrument queues (-420, query unterminated): a look
    whether something has come finds nothing.
    """

    def read(self, timeout_s: float) -> bytes:
        return super().read(timeout_s) if timeout_s > 0 else b""


class _SocketVisaLink(_VisaLink):
    """A socket of pyvisa-py: it is waited for and looked into here, and read through pyvisa."""

    def __init__(self, address: Address, resource: "MessageBasedResource", own: socket.socket) -> None:
        super().__init__(address, resource)
        self._socket = own

    def read(self, timeout_s: float) -> bytes:
        try:
            ready, _, _ = select.select([self._socket], [], [], max(0.0, timeout_s))
            waiting = len(self._socket.recv(CHUNK, socket.MSG_PEEK)) if ready else None
        except (OSError, ValueError) as error:
            raise self._closed(error) from error
        if waiting is None:
            if timeout_s <= 0:
                return b""
            raise TransportTimeout(f"no bytes within {timeout_s:g} s", where=str(self.address))
        if waiting == 0:
            raise self._closed("end of stream")
        return self._receive(min(waiting, READABLE_AT_ONCE), timeout_s)


class _SerialVisaLink(_VisaLink):
    """A serial line: the first byte is waited for, and the rest is what has come."""

    def read(self, timeout_s: float) -> bytes:
        first = self._receive(1, timeout_s)
        waiting = self._waiting()
        return first + self._receive(waiting, 0.0) if first and waiting else first

    def _waiting(self) -> int:
        import pyvisa

        try:
            return int(self._resource.get_visa_attribute(pyvisa.constants.ResourceAttribute.asrl_avalaible_number))
        except (pyvisa.Error, OSError) as error:
            raise self._closed(error) from error


def _not_opened(address: Address, error: Exception) -> TransportClosed:
    return TransportClosed(
        f"cannot open the resource ({error})",
        where=str(address),
        remedy="Check the cable, the address, that no other program holds it, and that a VISA for it is installed.",
    )
