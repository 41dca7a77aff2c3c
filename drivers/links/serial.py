"""`serial:///dev/ttyACM0?baudrate=921600` (or `serial://COM3`): a serial line through pyserial.

Options: baudrate (default 9600), parity (N, E, O), stopbits (1, 2), xonxoff (0, 1).
"""

import errno
from typing import TYPE_CHECKING

from operando.drivers.errors import ConfigMismatch, TransportClosed, TransportTimeout
from operando.drivers.links.address import Address
from operando.drivers.links.link import Link, LinkContext, PendingLink

if TYPE_CHECKING:
    import serial

__all__ = ["SerialLinks"]

WRITE_TIMEOUT_S = 3.0


class SerialLinks:
    """Opens serial ports."""

    virtual = False

    def __init__(self, context: LinkContext) -> None:
        del context  # a real port needs no world

    def open(self, address: Address) -> Link:
        """Open the port exclusively, so that a second program is refused instead of mixing its bytes with ours."""
        import serial

        try:
            port = serial.serial_for_url(
                address.place,
                baudrate=int(address.option("baudrate", "9600")),
                parity=address.option("parity", "N"),
                stopbits=int(address.option("stopbits", "1")),
                xonxoff=address.option("xonxoff", "0") == "1",
                timeout=0,
                write_timeout=WRITE_TIMEOUT_S,
                exclusive=True,
            )
        except ValueError as error:
            raise ConfigMismatch(f"{address}: {error}", remedy="Check baudrate, parity and stopbits.") from error
        except (serial.SerialException, OSError) as error:
            raise TransportClosed(
                f"cannot open the port ({_why(error)})",
                where=str(address),
                remedy="Check the cable and the name of the port, and close the vendor's program.",
            ) from error
        return _SerialLink(address, port)

    def prepare(self, address: Address) -> PendingLink:
        """A serial line has no local end to fix."""
        raise ConfigMismatch(f"{address} cannot be prepared", remedy="Use a tcp:// address here.")

    def truth(self) -> None:
        """A real port knows no truth."""


class _SerialLink:
    simulated = False

    def __init__(self, address: Address, port: "serial.Serial") -> None:
        self.address = address
        self._port = port

    def write(self, data: bytes) -> None:
        import serial

        try:
            self._port.write(data)
        except serial.SerialTimeoutException as error:
            raise TransportTimeout("the other end does not take our bytes", where=str(self.address)) from error
        except (serial.SerialException, OSError) as error:
            raise TransportClosed(f"the port is gone ({error})", where=str(self.address)) from error

    def read(self, timeout_s: float) -> bytes:
        import serial

        try:
            self._port.timeout = timeout_s
            first: bytes = self._port.read(1)
            if not first:
                if timeout_s <= 0:
                    return b""
                raise TransportTimeout(f"no bytes within {timeout_s:g} s", where=str(self.address))
            self._port.timeout = 0
            rest: bytes = self._port.read(1 << 16)
        except (serial.SerialException, OSError) as error:
            raise TransportClosed(f"the port is gone ({error})", where=str(self.address)) from error
        return first + rest

    def close(self) -> None:
        self._port.close()


def _why(error: OSError) -> str:
    """What pyserial's errors mean for whoever stands before the instrument."""
    match error.errno:
        case errno.ENOENT:
            return "there is no such port"
        case errno.EAGAIN | errno.EBUSY:
            return "another program holds it"
        case errno.EACCES:
            return "you may not open it"
        case _:
            return str(error)
