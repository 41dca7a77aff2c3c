"""The conformance suite: whether a driver, ours or of others, keeps the promises of its role."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from operando.drivers.conformance.check import Check, NotOffered, Permission, Role
    from operando.drivers.conformance.folder import write_verdict
    from operando.drivers.conformance.judge import Case, Judge, cases
    from operando.drivers.conformance.measurement import Curve, Measurement
    from operando.drivers.conformance.session import JudgedSession
    from operando.drivers.conformance.subject import Subject
    from operando.drivers.conformance.trial import Trial
    from operando.drivers.conformance.verdict import Judged, Outcome, Result, Verdict

__all__ = [
    "Case",
    "Check",
    "Curve",
    "Judge",
    "Judged",
    "JudgedSession",
    "Measurement",
    "NotOffered",
    "Outcome",
    "Permission",
    "Result",
    "Role",
    "Subject",
    "Trial",
    "Verdict",
    "cases",
    "write_verdict",
]

_FROM = {
    "check": ("Check", "NotOffered", "Permission", "Role"),
    "folder": ("write_verdict",),
    "judge": ("Case", "Judge", "cases"),
    "measurement": ("Curve", "Measurement"),
    "session": ("JudgedSession",),
    "subject": ("Subject",),
    "trial": ("Trial",),
    "verdict": ("Judged", "Outcome", "Result", "Verdict"),
}
_MODULES = {name: module for module, names in _FROM.items() for name in names}


def __getattr__(name: str) -> object:
    """Import what is asked for: the pytest plugin in this package is loaded by every run of pytest."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    globals()[name] = value
    return value
