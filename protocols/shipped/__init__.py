"""The protocols that come with the package: `demo` for virtual time, `minutes` for benches in real time."""

from importlib.resources import files

from operando.protocols.document import parse_protocol
from operando.protocols.program import Program

__all__ = ["SHIPPED_PROTOCOLS", "shipped_protocol", "shipped_text"]

SHIPPED_PROTOCOLS = ("demo", "minutes")


def shipped_text(name: str) -> str:
    """The document, to run or to begin one's own with.

    Raises:
        KeyError: if there is no such protocol.
    """
    if name not in SHIPPED_PROTOCOLS:
        raise KeyError(f"no protocol {name!r} is shipped; there are {', '.join(SHIPPED_PROTOCOLS)}")
    return (files(__name__) / f"{name}.yaml").read_text(encoding="utf-8")


def shipped_protocol(name: str) -> Program:
    """The program of a shipped document.

    Raises:
        KeyError: if there is no such protocol.
    """
    return parse_protocol(shipped_text(name), f"{name}.yaml")
