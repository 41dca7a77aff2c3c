"""Links: one address, one wire, whatever it is made of."""

from operando.drivers.links.address import Address
from operando.drivers.links.buffer import StreamBuffer
from operando.drivers.links.link import Link, LinkContext, Links, PendingLink, PeopleInWorld, Truth
from operando.drivers.links.registry import LinkRegistry

__all__ = [
    "Address",
    "Link",
    "LinkContext",
    "LinkRegistry",
    "Links",
    "PendingLink",
    "PeopleInWorld",
    "StreamBuffer",
    "Truth",
]
