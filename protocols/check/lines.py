"""The line of the protocol file that a part of a program comes from."""

from functools import lru_cache

from operando.drivers.documents import Document, parse_document
from operando.protocols.program import Program

__all__ = ["line_of"]


def line_of(program: Program, *path: str | int) -> int:
    """The line of a place in the document that the program was made from; 0 if it was made from none."""
    return _document(program.text).line(path) if program.text else 0


@lru_cache(maxsize=4)
def _document(text: str) -> Document:
    return parse_document(text.replace("\t", " "), "")
