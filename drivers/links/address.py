"""Addresses: one line of text that says how an instrument is reached."""

from dataclasses import dataclass, field
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit

from operando.drivers.errors import ConfigMismatch

__all__ = ["Address"]

READABLE = "/:"
"""Stay as they are in options, so that paths and addresses can be read."""


@dataclass(frozen=True, slots=True)
class Address:
    """A scheme, a place and options: `tcp://10.0.0.5:8300`, `serial:///dev/ttyACM0?baudrate=921600`, `sim://sem`.

    Args:
        scheme: names the kind of link; offered through the entry point group `operando.links`.
        place: host, device or name, without port.
        port: TCP or UDP port, None where there is none.
        options: what stands behind the question mark.
    """

    scheme: str
    place: str
    port: int | None = None
    options: tuple[tuple[str, str], ...] = field(default=())

    @classmethod
    def parse(cls, text: str) -> "Address":
        """Read an address.

        Raises:
            ConfigMismatch: if the text is no address, or its port is none.
        """
        try:
            parts = urlsplit(text)
        except ValueError as error:
            raise _no_address(text) from error
        port = None if _names_resource(parts.netloc) else _port_of(text, parts)
        place = parts.hostname if port is not None else (parts.netloc + parts.path)
        if not parts.scheme or not place:
            raise _no_address(text)
        return cls(parts.scheme, place, port, tuple(parse_qsl(parts.query)))

    def option(self, name: str, default: str) -> str:
        """The value of an option, or the default if it is not given."""
        return dict(self.options).get(name, default)

    def at_port(self, port: int) -> "Address":
        """The same place at another port."""
        return Address(self.scheme, self.place, port, self.options)

    def without(self, option: str) -> "Address":
        """The same without an option."""
        kept = tuple((name, value) for name, value in self.options if name != option)
        return Address(self.scheme, self.place, self.port, kept)

    def __str__(self) -> str:
        place = self.place
        if self.port is not None:
            place = f"[{place}]:{self.port}" if ":" in place else f"{place}:{self.port}"  # IPv6 stands in brackets
        text = f"{self.scheme}://{place}"
        return f"{text}?{urlencode(self.options, safe=READABLE)}" if self.options else text


def _port_of(text: str, parts: SplitResult) -> int | None:
    """The port behind a host, if there is one."""
    try:
        port = parts.port
    except ValueError as error:
        raise _no_port(text, parts.netloc.rpartition(":")[2]) from error
    if port == 0:
        raise _no_port(text, "0")
    return port


def _no_port(text: str, port: str) -> ConfigMismatch:
    return ConfigMismatch(
        f"{text!r} is no address: its port is {port!r}",
        remedy="A port is a whole number from 1 to 65535.",
    )


def _names_resource(netloc: str) -> bool:
    """Whether it is the name of a VISA resource, `TCPIP::10.0.0.5::5025::SOCKET`, and no host with a port."""
    return "::" in netloc and "[" not in netloc


def _no_address(text: str) -> ConfigMismatch:
    return ConfigMismatch(
        f"{text!r} is no address",
        remedy="Write scheme://place, for instance tcp://10.0.0.5:8300, serial:///dev/ttyACM0 or sim://sem.",
    )
