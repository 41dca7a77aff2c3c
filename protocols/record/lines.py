"""Append-only files of JSON lines: events, and the journal whose lines carry a checksum."""

import re
import zlib
from collections.abc import Mapping
from pathlib import Path

import orjson
from pydantic import JsonValue

from operando.protocols.record.durable import RecordError

__all__ = [
    "checked_line",
    "checked_values",
    "in_print",
    "json_line",
    "json_values",
    "read_checked_lines",
    "read_first_checked_line",
    "read_json_lines",
]

_MARK = b',"crc32":"'
_CONTROL_CHARACTERS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_ONE_LINE = orjson.OPT_APPEND_NEWLINE | orjson.OPT_SERIALIZE_NUMPY


def json_line(values: Mapping[str, JsonValue]) -> bytes:
    """One line. JSON has no NaN; null stands for it."""
    return orjson.dumps(values, option=_ONE_LINE)


def in_print(text: str) -> str:
    """A text whose control characters, but line feeds and tabs, are written as their escapes.

    HDF5 takes no NUL in a text, and a terminal that shows an escape sequence obeys it.
    """
    return _CONTROL_CHARACTERS.sub(lambda found: f"\\x{ord(found[0]):02x}", text)


def checked_line(values: Mapping[str, JsonValue]) -> bytes:
    """One line whose last member is the CRC-32 of everything before it."""
    body = json_line(values)[:-2]
    return b'%b%b%08x"}\n' % (body, _MARK, zlib.crc32(body))


def read_json_lines(path: Path) -> list[dict[str, JsonValue]]:
    """All complete lines; a last line without its end is not there yet.

    Raises:
        RecordError: if a complete line is no JSON object.
    """
    return [json_values(line, path, number) for number, line in enumerate(_lines(path), 1)]


def read_checked_lines(path: Path) -> list[dict[str, JsonValue]]:
    """All complete lines of a journal.

    Raises:
        RecordError: if a checksum is wrong.
    """
    return [checked_values(line, path, number) for number, line in enumerate(_lines(path), 1)]


def read_first_checked_line(path: Path) -> dict[str, JsonValue]:
    """The first line of a journal, which says what run it is of, whatever has become of the others.

    Raises:
        RecordError: if there is none, or its checksum is wrong.
    """
    with path.open("rb") as file:
        line = file.readline()
    if not line.endswith(b"\n"):
        raise RecordError("the journal is empty", where=path.name)
    return checked_values(line.lstrip(b"\0")[:-1], path, 1)


def _lines(path: Path) -> list[bytes]:
    # a power cut may leave zeros where a write that was not synced should be
    return [line.lstrip(b"\0") for line in path.read_bytes().split(b"\n")[:-1]]


def checked_values(line: bytes, path: Path, number: int) -> dict[str, JsonValue]:
    """What a complete line of a journal says, without its checksum.

    Raises:
        RecordError: if the checksum is wrong.
    """
    body, mark, rest = line.rpartition(_MARK)
    if not mark or rest != f'{zlib.crc32(body):08x}"}}'.encode():
        raise RecordError("the checksum of the line is wrong", where=f"{path.name}:{number}")
    return json_values(body + b"}", path, number)


def json_values(line: bytes, path: Path, number: int) -> dict[str, JsonValue]:
    """What a complete line says.

    Raises:
        RecordError: if it is no JSON object.
    """
    try:
        values = orjson.loads(line)
    except ValueError as error:
        raise RecordError(f"the line is no JSON: {error}", where=f"{path.name}:{number}") from error
    if not isinstance(values, dict):
        raise RecordError("the line is no JSON object", where=f"{path.name}:{number}")
    return values
