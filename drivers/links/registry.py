"""Finds the link schemes that are installed and opens addresses through them."""

from importlib.metadata import entry_points

from operando.drivers.errors import ConfigMismatch
from operando.drivers.links.address import Address
from operando.drivers.links.link import Link, LinkContext, Links, PendingLink, Truth

__all__ = ["LinkRegistry"]

GROUP = "operando.links"


class LinkRegistry:
    """All schemes of one bench, each made when first needed, so that a bench has one simulated world."""

    def __init__(self, context: LinkContext) -> None:
        self._context = context
        self._schemes: dict[str, Links] = {}

    def open(self, address: Address) -> Link:
        """Open a link to an address; see `Links.open`."""
        return self.scheme(address.scheme).open(address)

    def prepare(self, address: Address) -> PendingLink:
        """Fix the own end of a link; see `Links.prepare`."""
        return self.scheme(address.scheme).prepare(address)

    def truth(self) -> Truth | None:
        """Ground truth of the simulated world, if one of the open schemes leads into one."""
        truths = [found for links in self._schemes.values() if (found := links.truth()) is not None]
        return truths[0] if truths else None

    def scheme(self, name: str) -> Links:
        """The links of a scheme.

        Raises:
            ConfigMismatch: if no installed package offers the scheme.
        """
        if name not in self._schemes:
            offered = entry_points(group=GROUP)
            if name not in offered.names:
                raise ConfigMismatch(
                    f"nobody offers the address scheme {name!r}",
                    remedy=f"Installed schemes: {', '.join(sorted(offered.names))}.",
                )
            self._schemes[name] = offered[name].load()(self._context)
        return self._schemes[name]
