"""The protocols that come with the package.

`demo` and `round_trip` are for virtual time, `minutes` is for benches in real time; `damage_series` finds the dose that
a material bears.
"""

from importlib.resources import files

from operando.protocols.document import parse_protocol
from operando.protocols.program import Program

__all__ = ["SHIPPED_PROTOCOLS", "WITH_ANSWERS", "shipped_answers", "shipped_protocol", "shipped_text"]

SHIPPED_PROTOCOLS = ("demo", "minutes", "round_trip", "damage_series")
WITH_ANSWERS = ("round_trip",)
"""Those whose questions a script answers, too."""


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


def shipped_answers(name: str) -> str:
    """The document with the answers to the questions of a shipped protocol.

    Raises:
        KeyError: if there is none.
    """
    if name not in WITH_ANSWERS:
        raise KeyError(f"no answers to {name!r} are shipped; there are {', '.join(WITH_ANSWERS)}")
    return (files(__name__) / f"{name}_answers.yaml").read_text(encoding="utf-8")
