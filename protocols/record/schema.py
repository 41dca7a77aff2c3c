"""The version of the record's schema: stands in the first line of the journal and holds for every file of the folder.

A record of an older version is read for ever; of a newer one nothing is guessed.

1: checksums of frames and spectra are CRC-32 (column `crc32`); the journal names no version.
2: checksums name their algorithm (column `checksum`).
"""

from collections.abc import Mapping

from pydantic import JsonValue

from operando.protocols.record.durable import RecordError

__all__ = ["SCHEMA", "SCHEMA_KEY", "require_known_schema"]

SCHEMA_KEY = "schema"
SCHEMA = 2
"""Raised by one whenever a reader of the version before would fail, or be misled."""


def require_known_schema(values: Mapping[str, JsonValue], where: str) -> int:
    """The version that the first line of a journal names; 1 if it names none.

    Raises:
        RecordError: if this operando does not know it.
    """
    version = values.get(SCHEMA_KEY, 1)
    if not isinstance(version, int) or not 1 <= version <= SCHEMA:
        raise RecordError(
            f"the record has schema {version}; this operando reads schemas 1 to {SCHEMA}",
            where=where,
            remedy="Install a newer operando.",
        )
    return version
