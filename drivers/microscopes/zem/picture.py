"""A picture on its way: the reply to Snap says where it can be fetched, and TCP brings its bytes."""

import re
from dataclasses import dataclass
from ipaddress import ip_address

import numpy as np
from numpy.typing import NDArray

from operando.drivers.errors import FramingError, TransportClosed, TransportTimeout
from operando.drivers.links import Address, Link
from operando.drivers.microscopes.zem.message import Reply
from operando.drivers.microscopes.zem.part import OLD_MODELS, Zem

__all__ = ["Offer", "PictureTransfer", "offer_of"]

OFFER = re.compile(r"(?P<server>[^:]*):(?P<ip>[^:,]+):(?P<port>\d+),(?P<depth>\d+),(?P<width>\d+),(?P<height>\d+)")
BYTES = {0: 1, 7: 2}
"""By depth: 8 and 16 bits."""
TRIES = 3
REPLAY = "replay"
STALLED_S = 5.0


@dataclass(frozen=True, slots=True)
class Offer:
    """Where a picture is, and what it is like."""

    address: Address
    bytes_per_pixel: int
    width: int
    height: int

    @property
    def size(self) -> int:
        """In bytes."""
        return self.width * self.height * self.bytes_per_pixel


def offer_of(reply: Reply, zem: Zem) -> Offer:
    """What the reply to Snap says. An address that means "here" to the microscope means the microscope to us.

    Raises:
        FramingError: if it says something else.
    """
    found = OFFER.fullmatch(reply.value)
    if found is None or int(found["depth"]) not in BYTES:
        raise FramingError(f"this is no picture that could be fetched: {reply.value!r}", where=zem.where)
    if zem.options.image is not None:
        address = Address.parse(zem.options.image)
    else:
        place = zem.address.place if _means_here(found["ip"]) else found["ip"]
        replayed = zem.address.scheme == REPLAY  # a picture that was recorded comes from the recording, too
        scheme, options = (REPLAY, zem.address.options) if replayed else ("tcp", ())
        address = Address(scheme, place, int(found["port"]), options)
    return Offer(address, BYTES[int(found["depth"])], int(found["width"]), int(found["height"]))


class PictureTransfer:
    """Fetches a picture piece by piece, never waiting. If the connection breaks it is fetched anew: it stays there."""

    def __init__(self, zem: Zem, offer: Offer) -> None:
        self.offer = offer
        self._zem = zem
        self._link: Link | None = None
        self._bytes = bytearray()
        self._tries = 0
        self._moved_s = zem.clock.now()

    def received(self) -> int:
        """Pixels that are here, after taking in what has come.

        Raises:
            TransportClosed: if the connection broke three times.
            TransportTimeout: if nothing comes any more.
        """
        before = len(self._bytes)
        try:
            if self._link is None:
                self._link = self._zem.links.open(self.offer.address)
            while len(self._bytes) < self.offer.size and (more := self._link.read(0.0)):
                self._bytes += more
        except TransportClosed:
            self._again()
        now = self._zem.clock.now()
        if len(self._bytes) != before:
            self._moved_s = now
        elif now - self._moved_s > STALLED_S:
            raise TransportTimeout(
                f"{len(self._bytes)} of {self.offer.size} bytes of the picture came, and no more for {STALLED_S:g} s",
                where=self._zem.where,
                remedy="Check that no firewall stands before the picture server of the microscope.",
            )
        if len(self._bytes) >= self.offer.size:
            self.close()
        return min(len(self._bytes), self.offer.size) // self.offer.bytes_per_pixel

    def pixels(self) -> NDArray[np.uint8] | NDArray[np.uint16]:
        """The whole picture, shape (height, width); an old model sends the high byte first."""
        shape = self.offer.height, self.offer.width
        data = bytes(self._bytes[: self.offer.size])
        if self.offer.bytes_per_pixel == 1:
            return np.frombuffer(data, np.uint8).reshape(shape)
        order = ">u2" if self._zem.model in OLD_MODELS else "<u2"
        return np.frombuffer(data, order).astype(np.uint16).reshape(shape)

    def close(self) -> None:
        """Let go of the wire."""
        link, self._link = self._link, None
        if link is not None:
            link.close()

    def _again(self) -> None:
        self.close()
        if len(self._bytes) >= self.offer.size:
            return
        self._tries += 1
        if self._tries >= TRIES:
            raise TransportClosed(
                f"the connection that brings the picture broke {TRIES} times, last after {len(self._bytes)} of "
                f"{self.offer.size} bytes",
                where=self._zem.where,
            )
        self._bytes.clear()


def _means_here(ip: str) -> bool:
    try:
        found = ip_address(ip)
    except ValueError:
        return True
    return found.is_loopback or found.is_unspecified
