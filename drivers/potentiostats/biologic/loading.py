"""`eclib://`: BioLogic's own library, loaded where it runs. The one module that knows of Windows.

The address is the device's, as the library wants it: `eclib://192.168.0.1` or `eclib://USB0`.
"""

import ctypes
import platform
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

from operando.drivers.errors import ConfigMismatch
from operando.drivers.links import Address, Link, LinkContext, PendingLink, Truth
from operando.drivers.potentiostats.biologic.library import EClib, Functions
from operando.drivers.potentiostats.biologic.worker import Worker

__all__ = ["DEFAULT_PACKAGE", "EClibLinks", "Loader", "load_eclib"]

DEFAULT_PACKAGE = Path("C:/EC-Lab Development Package/EC-Lab Development Package")
WHERE_FROM = (
    "Install BioLogic's EC-Lab OEM package (EC-Lab Development Package, from BioLogic's support) on the Windows "
    "computer that runs operando, and name its folder with the option package. "
    "Without it, let EC-Lab cycle, and watch its text file with the driver observed-ec-lab."
)

Loader = Callable[[str], Functions]
"""`ctypes.WinDLL`, which exists on Windows alone."""


class EClibLinks:
    """Hands out the library. There are no bytes on a wire that anybody could read or write."""

    virtual = False

    def __init__(self, context: LinkContext) -> None:
        """Nothing is loaded before a driver asks."""

    def library(self, package: Path) -> EClib:
        """The library of a package; one for the whole process, because it must not be entered twice."""
        return _once(package)

    def open(self, address: Address) -> Link:
        raise self._no_wire(address)

    def prepare(self, address: Address) -> PendingLink:
        raise self._no_wire(address)

    def truth(self) -> Truth | None:
        return None

    @staticmethod
    def _no_wire(address: Address) -> ConfigMismatch:
        return ConfigMismatch(
            "BioLogic publishes no wire, only a library", where=str(address), remedy="Name the driver biologic."
        )


def load_eclib(package: Path, loader: Loader | None) -> EClib:
    """Load the library of a package.

    Args:
        package: the folder of the OEM package.
        loader: of the platform; None where there is none.

    Raises:
        ConfigMismatch: if this is no Windows, or the library is not there or does not load.
    """
    if loader is None:
        raise ConfigMismatch(
            f"EClib is a library for Windows, and this computer runs {platform.system()}", remedy=WHERE_FROM
        )
    file = package / ("EClib64.dll" if sys.maxsize > 2**32 else "EClib.dll")
    if not file.is_file():
        raise ConfigMismatch(f"there is no {file.name} in {package}", remedy=WHERE_FROM)
    try:
        return EClib(loader(str(file)), Worker())
    except (OSError, AttributeError) as error:
        raise ConfigMismatch(f"{file} cannot be used: {error}", remedy=WHERE_FROM) from error


@cache
def _once(package: Path) -> EClib:
    return load_eclib(package, getattr(ctypes, "WinDLL", None))
