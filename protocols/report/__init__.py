"""The report of a run: one page that needs no network, and its figures as files."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from operando.protocols.report.write import Report, write_report

__all__ = ["Report", "write_report"]


def __getattr__(name: str) -> object:
    """Import matplotlib only for those who draw."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module("operando.protocols.report.write"), name)
    globals()[name] = value
    return value
