"""Program messages of SCPI, taken apart: paths, joined commands, arguments (2461 reference manual, chapter 5)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["Unit", "units"]

PARTS = re.compile(r"""((?:[^;,"']|"[^"]*"|'[^']*')*)([;,]|$)""")


@dataclass(frozen=True, slots=True)
class Unit:
    """One command or query of a message.

    Args:
        header: from the root, in capitals, without the leading colon and the question mark (`SOUR:VOLT:ILIM`).
        query: whether it ends with a question mark.
        arguments: as written, without blanks around them.
    """

    header: str
    query: bool
    arguments: tuple[str, ...]


def units(message: str) -> Iterator[Unit]:
    """The units of a message in order. A unit that begins without a colon goes on with the path of the one before."""
    path: tuple[str, ...] = ()
    for text in _split(message, ";"):
        if not text:
            continue
        written, _, rest = text.partition(" ")
        header = written.upper().removesuffix("?")
        if not header.startswith("*"):
            nodes = tuple(header.removeprefix(":").split(":"))
            nodes = nodes if header.startswith(":") else (*path, *nodes)
            path, header = nodes[:-1], ":".join(nodes)
        arguments = tuple(_split(rest, ",")) if rest.strip() else ()
        yield Unit(header, written.endswith("?"), arguments)


def _split(text: str, separator: str) -> Iterator[str]:
    """Parts between separators that stand outside quotes."""
    part = ""
    for found in PARTS.finditer(text):
        part += found[1]
        if found[2] == separator or not found[2]:
            yield part.strip()
            part = ""
            if not found[2]:
                return
        else:
            part += found[2]
