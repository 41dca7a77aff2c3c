"""Opens a channel of a BioLogic potentiostat, through BioLogic's library or through whatever stands in its place."""

from pathlib import Path
from typing import Protocol, runtime_checkable

from operando.drivers.bench.options import read_options
from operando.drivers.bench.roles import DriverContext, Roles
from operando.drivers.errors import ConfigMismatch, InstrumentError, located
from operando.drivers.links import Address
from operando.drivers.potentiostats.biologic.channel import Channel
from operando.drivers.potentiostats.biologic.library import EClib, Functions
from operando.drivers.potentiostats.biologic.loading import EClibLinks
from operando.drivers.potentiostats.biologic.options import BioLogicOptions
from operando.drivers.potentiostats.biologic.potentiostat import BioLogicPotentiostat
from operando.drivers.potentiostats.biologic.worker import Worker

__all__ = ["FunctionLinks", "open_biologic"]


@runtime_checkable
class FunctionLinks(Protocol):
    """A scheme behind whose addresses a library stands instead of a wire: simulated ones."""

    def functions(self, address: Address) -> Functions:
        """The functions of the library, as ctypes would have loaded them."""
        ...


def open_biologic(context: DriverContext) -> Roles:
    """Connect to a device and look at one channel; a technique that runs there is not disturbed.

    Raises:
        ConfigMismatch: if the library is not there, an option is not known, or there is no such channel.
        InstrumentError: if the device does not answer.
    """
    options = read_options(context, BioLogicOptions)
    with located(f"{context.name} at {context.address}"):
        library = _library(context, options.package)
        version = library.version()
    channel = Channel(library, context.address.place, options.channel, options.package)
    try:
        return Roles(potentiostat=BioLogicPotentiostat(context, options, channel, version))
    except InstrumentError:
        channel.close()
        raise


def _library(context: DriverContext, package: Path) -> EClib:
    links = context.links.scheme(context.address.scheme)
    if isinstance(links, EClibLinks):
        return links.library(package)
    if isinstance(links, FunctionLinks):
        return EClib(links.functions(context.address), Worker(inline=context.clock.virtual))
    raise ConfigMismatch(
        f"there is no library behind {context.address.scheme}://",
        remedy="Write eclib://192.168.0.1 or eclib://USB0, the address of the device.",
    )
