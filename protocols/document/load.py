"""Loads protocols from files and text."""

from pathlib import Path

from pydantic import JsonValue

from operando.drivers.documents import Document, DocumentError, parse_document, read_document
from operando.protocols.document.program_of import Attached, program_of, program_of_unicycler
from operando.protocols.document.protocol_file import ProtocolFile
from operando.protocols.document.unicycler import UnicyclerFile
from operando.protocols.program import Program

__all__ = ["load_protocol", "parse_protocol", "protocol_schema"]

VERSION = 1


def load_protocol(path: Path | str) -> Program:
    """Load a protocol: a YAML document, or an aurora-unicycler JSON file (by its name, `*.json`).

    Raises:
        DocumentError: with all that is wrong, each with file, line, place and what is allowed there.
    """
    path = Path(path)
    if path.suffix == ".json":
        return program_of_unicycler(_read_json(path))
    document = read_document(path)
    _require_protocol(document)
    return program_of(document, _attached(document, path.parent))


def parse_protocol(text: str, file: str = "protocol", folder: Path | None = None) -> Program:
    """Take the text of a YAML protocol.

    Args:
        text: the document.
        file: the name that stands in messages.
        folder: where files lie that the document refers to; it may refer to none without a folder.

    Raises:
        DocumentError: as `load_protocol`.
    """
    document = parse_document(text, file)
    return program_of(document, None if folder is None else _attached(document, folder))


def protocol_schema() -> dict[str, JsonValue]:
    """The JSON Schema of protocols, for editors."""
    schema: dict[str, JsonValue] = ProtocolFile.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "operando protocol"}


def _require_protocol(document: Document) -> None:
    """One sentence instead of twenty about a file of another kind, or of another version."""
    data = document.data
    if isinstance(data, dict) and "operando" not in data and "operando_bench" in data:
        what = "this is a bench file; a protocol begins with 'operando: 1'. Bench files go to --bench"
        raise DocumentError([document.problem(("operando_bench",), what)])
    version = data.get("operando") if isinstance(data, dict) else None
    if isinstance(version, int) and version > VERSION:
        what = f"this protocol is of version {version}, this operando knows version {VERSION}; install a newer operando"
        raise DocumentError([document.problem(("operando",), what)])


def _attached(document: Document, folder: Path) -> Attached | None:
    """The unicycler document that a protocol refers to, if it does."""
    data = document.data
    cycling = data.get("cycling") if isinstance(data, dict) else None
    name = cycling.get("unicycler") if isinstance(cycling, dict) else None
    if not isinstance(name, str):
        return None
    try:
        attached = _read_json(folder / name)
    except DocumentError as error:
        raise DocumentError([document.problem(("cycling", "unicycler"), str(error))]) from error
    return Attached(name, attached, attached.validate(UnicyclerFile))


def _read_json(path: Path) -> Document:
    """JSON is YAML, but for tabs, which can only stand between its tokens."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return read_document(path)  # which says what is wrong
    document = parse_document(text.replace("\t", " "), str(path))
    return Document(document.file, text, document.data)
