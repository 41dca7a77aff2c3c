"""A link that is opened anew, at the next use, after it was lost: an instrument whose wire returns can be made safe."""

from operando.drivers.errors import TransportClosed
from operando.drivers.links.address import Address
from operando.drivers.links.link import Link
from operando.drivers.links.registry import LinkRegistry

__all__ = ["ReopeningLink"]

MOST_AT_ONCE = 1 << 20


class ReopeningLink:
    """Looks like a `Link`. A loss is reported once, by `TransportClosed`; the next write or read opens a new one.

    Nothing is sent again by itself: only the driver knows what may be repeated.
    """

    def __init__(self, registry: LinkRegistry, address: Address) -> None:
        self.address = address
        self.losses = 0
        """How many links were lost so far. What a driver has half received belongs to the lost one."""
        self._registry = registry
        self._link: Link | None = None

    @property
    def simulated(self) -> bool:
        """Whether no hardware can be at the other end.

        Raises:
            TransportClosed: if nobody answers at the address.
        """
        return self._opened().simulated

    def write(self, data: bytes) -> None:
        """Send bytes; see `Link.write`."""
        link = self._opened()
        try:
            link.write(data)
        except TransportClosed:
            self._drop()
            raise

    def read(self, timeout_s: float) -> bytes:
        """What has arrived; see `Link.read`."""
        link = self._opened()
        try:
            return link.read(timeout_s)
        except TransportClosed:
            self._drop()
            raise

    def arrived(self) -> bytes:
        """What has come since the last exchange, without waiting: for a driver that is about to ask.

        Servers let go of clients that are silent for long. Nothing has been asked yet, so nothing is lost: such a link
        is opened anew, and only counted in `losses`. Of what is said without end, a mebibyte or a little more is given.

        Raises:
            TransportClosed: if it cannot be opened.
        """
        losses, heard = self.losses, bytearray()
        try:
            while len(heard) < MOST_AT_ONCE and (more := self.read(0.0)):
                heard += more
        except TransportClosed:
            if self.losses == losses:  # there was none, and none can be opened
                raise
            self._opened()
        return bytes(heard)

    def close(self) -> None:
        """Let go of the wire. A later write or read would open it again."""
        link, self._link = self._link, None
        if link is not None:
            link.close()

    def _opened(self) -> Link:
        if self._link is None:
            self._link = self._registry.open(self.address)
        return self._link

    def _drop(self) -> None:
        self.losses += 1
        self.close()
