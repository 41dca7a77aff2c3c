"""`environment.txt`: the software that made the record. The only file in which two equal runs may differ."""

import platform
import sys
from importlib.metadata import PackageNotFoundError, version

__all__ = ["environment_text", "operando_version"]

_PACKAGES = (
    "operando",
    "anyio",
    "h5py",
    "numpy",
    "pint",
    "pyarrow",
    "pydantic",
    "pymodbus",
    "pyserial",
    "pyvisa",
    "scipy",
)


def environment_text() -> str:
    """One line for the platform, one for Python, one for each package that is installed."""
    lines = [f"platform {platform.platform()}", f"python {platform.python_version()} {sys.implementation.name}"]
    for package in _PACKAGES:
        try:
            lines.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            lines.append(f"{package} not installed")
    return "\n".join(lines) + "\n"


def operando_version() -> str:
    """Of the installed package."""
    return version("operando")
