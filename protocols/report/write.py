"""Writes the report of a run beside its record."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from operando.drivers.errors import ConfigMismatch
from operando.protocols.record import Disk
from operando.protocols.report.material import read_material
from operando.protocols.report.page import page_text
from operando.protocols.report.sections import SECTIONS
from operando.protocols.report.studio import Studio

__all__ = ["Report", "write_report"]

DERIVED = "derived"


@dataclass(frozen=True, slots=True)
class Report:
    """What was written: the page, its size, and the figures by name."""

    page: Path
    bytes: int
    figures: tuple[str, ...]


def write_report(
    folder: Path, out: Path | None = None, progress: Callable[[int, int], None] = lambda done, of: None
) -> Report:
    """Write the report of a run, finished or not; the record itself stays as it is.

    Args:
        folder: of the run.
        out: where the report goes; `derived/report` of the run if not given. What is there of an earlier report is
            replaced.
        progress: told how many sections are done, of how many.

    Raises:
        RecordError: if the folder is no record.
        ConfigMismatch: if the report would lie in the part of the record that never changes.
    """
    material = read_material(folder)
    out = out or folder / DERIVED / "report"
    _outside_the_closed_part(folder, out)
    studio = Studio(out)
    sections = []
    for done, section_of in enumerate(SECTIONS, start=1):
        section = section_of(material, studio)
        if section is not None:
            sections.append(section)
        progress(done, len(SECTIONS))
    page = out / "report.html"
    data = page_text(material, sections).encode()
    Disk().write_whole(page, data)
    return Report(page, len(data), tuple(studio.names))


def _outside_the_closed_part(folder: Path, out: Path) -> None:
    record, place = folder.resolve(), out.resolve()
    if place.is_relative_to(record) and not place.is_relative_to(record / DERIVED):
        raise ConfigMismatch(
            "the report would lie among the files of the record, which never change",
            where=str(out),
            remedy=f"Name a folder outside the run, or below its {DERIVED}/.",
        )
