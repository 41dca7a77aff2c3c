"""One picture of a whole run, as it would stand in a paper."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from operando.protocols.summary.figure import draw_summary

__all__ = ["draw_summary"]


def __getattr__(name: str) -> object:
    """Import matplotlib only for those who draw."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module("operando.protocols.summary.figure"), name)
    globals()[name] = value
    return value
