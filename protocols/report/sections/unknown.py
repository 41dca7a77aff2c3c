"""What a reviewer will ask and the record does not know."""

from dataclasses import fields

from operando.protocols.report.blocks import Paragraph, Section, Table
from operando.protocols.report.material import Material
from operando.protocols.report.studio import Studio
from operando.protocols.report.wording import UNKNOWN

__all__ = ["missing", "unknown_section"]

_UNITS = {"C", "kg", "m2", "Pa", "K", "s"}
_NEED_NOT_BE_TOLD = {"notes"}


def unknown_section(material: Material, studio: Studio) -> Section:
    """Named, so that nobody takes silence for an answer."""
    rows = [(name, UNKNOWN) for name in missing(material)]
    if not rows:
        words = "Everything that the record has a place for is known."
        return Section("unknown", "What is unknown", [Paragraph(words, "good")])
    words = (
        "The record has a place for these, nobody has told them and no instrument measured them; nothing is guessed."
    )
    return Section("unknown", "What is unknown", [Paragraph(words), Table("Not known.", (), rows)])


def missing(material: Material) -> list[str]:
    """Names of what is not known; of a run whose `metadata.json` is not there yet, of its sample and bench alone."""
    if material.metadata is not None:
        return [_words(name) for name in material.metadata.not_given]
    header = material.header
    empty = [f"sample.{name}" for name in _empty(header.sample)]
    return [_words(name) for name in (*empty, *_empty(header.circumstances))]


def _empty(part: object) -> list[str]:
    names = [field.name for field in fields(part) if field.name not in _NEED_NOT_BE_TOLD]  # type: ignore[arg-type]
    return [name for name in names if getattr(part, name) in (None, "", ())]


def _words(name: str) -> str:
    """`sample.active_mass_kg` as `sample: active mass`."""
    part, _, last = name.rpartition(".")
    words = [word for word in last.split("_") if word not in _UNITS]
    return (f"{part}: " if part else "") + " ".join(words)
