"""Exports a run, or a part of it, to the formats of other programs."""

from operando.protocols.export.formats import FORMATS, export_run
from operando.protocols.export.progress import Progress
from operando.protocols.export.selection import Selection

__all__ = ["FORMATS", "Progress", "Selection", "export_run"]
