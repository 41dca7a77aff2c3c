"""Puts a line into the `regions` of a protocol file: everything else stays as it was written, byte by byte."""

import re
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import YAMLError

from operando.drivers.errors import ConfigMismatch
from operando.protocols.record.durable import Disk

__all__ = ["insert_region", "with_region"]

_INDENT = "  "


def insert_region(file: Path, name: str, line: str) -> None:
    """Add a region to a protocol file; the file is replaced as a whole or not at all.

    Raises:
        ConfigMismatch: if there is a region of that name, or the file is written in a way that has no line for it.
    """
    text = file.read_text(encoding="utf-8")
    Disk().write_whole(file, with_region(text, name, line, str(file)).encode())


def with_region(text: str, name: str, line: str, file: str = "protocol") -> str:
    """The text of a protocol with one more region, after the last one.

    Args:
        line: the region, as it stands in `regions`.
        file: for what is said if it cannot be done.

    Raises:
        ConfigMismatch: if there is a region of that name, or there is no line for it.
    """
    before = _loaded(text, file)
    regions = before.get("regions")
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    if "regions" not in before:
        lines += [*(["\n"] if lines else []), "regions:\n", f"{_INDENT}{line}\n"]
    elif not isinstance(regions, CommentedMap) or not regions or regions.fa.flow_style():
        raise _refused(file, "`regions` is not written with a line for each region")
    elif name in regions:
        raise _refused(file, f"there is a region {name!r} already", "Take another name, or remove the old one.")
    else:
        last, column = max(regions.lc.key(key) for key in regions)
        lines.insert(_end_of(lines, last, column), f"{' ' * column}{line}\n")
    after = "".join(lines)
    if _without(_loaded(after, file), name) != before:
        raise _refused(file, "the line would change more than it should")
    return after


def _end_of(lines: list[str], last: int, column: int) -> int:
    """The number of the line after an entry that begins at a line and column."""
    end = last + 1
    while end < len(lines) and re.match(rf"[ ]{{{column + 1},}}\S", lines[end]):
        end += 1
    return end


def _loaded(text: str, file: str) -> CommentedMap:
    try:
        loaded = YAML(typ="rt").load(text)
    except YAMLError as error:
        raise _refused(file, f"it is no YAML: {error}", "Run `operando check` on it.") from error
    if loaded is None:
        return CommentedMap()
    if not isinstance(loaded, CommentedMap):
        raise _refused(file, "it is no protocol", "Run `operando check` on it.")
    return loaded


def _without(document: CommentedMap, name: str) -> CommentedMap:
    regions = document.get("regions")
    if isinstance(regions, CommentedMap):
        regions.pop(name, None)
        if not regions:
            document.pop("regions")
    return document


def _refused(file: str, why: str, remedy: str = "Put the printed line where it belongs by hand.") -> ConfigMismatch:
    return ConfigMismatch(f"nothing was inserted: {why}", where=file, remedy=remedy)
