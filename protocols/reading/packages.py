"""Packages that only some ways of reading and exporting need; without them the rest works."""

import importlib
from typing import TYPE_CHECKING

from operando.protocols.reading.errors import MissingPackage

if TYPE_CHECKING:
    from types import ModuleType

__all__ = ["require_package"]

_EXTRAS = {
    "pandas": "tables",
    "pyarrow": "parquet",
    "tifffile": "tiff",
    "av": "movie",
    "starlette": "live",
    "uvicorn": "live",
    "websockets": "live",
    "skimage": "analysis",
}


def require_package(name: str, purpose: str) -> "ModuleType":
    """Import a package that an extra of operando installs.

    Args:
        purpose: what it is needed for, as the beginning of a sentence.

    Raises:
        MissingPackage: if it is not installed; says how to install it.
    """
    try:
        return importlib.import_module(name)
    except ImportError as error:
        package = name.partition(".")[0]
        raise MissingPackage(
            f"{purpose} needs the package {package}, which is not installed",
            remedy=f"Install it: pip install 'operando[{_EXTRAS[package]}]'",
        ) from error
