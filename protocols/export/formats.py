"""The formats that a run is exported to."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from operando.protocols.export.film import export_film
from operando.protocols.export.mpt import export_mpt
from operando.protocols.export.ome_tiff import export_ome_tiff
from operando.protocols.export.place import place_for
from operando.protocols.export.png import export_png
from operando.protocols.export.progress import Progress, Unseen
from operando.protocols.export.selection import Selection
from operando.protocols.export.spectra_as_msa import export_msa
from operando.protocols.export.tables import export_csv, export_parquet
from operando.protocols.reading import Run
from operando.protocols.reading.errors import name_in

__all__ = ["FORMATS", "export_run"]

Exporter = Callable[[Run, Selection, Path, Progress], list[Path]]

FORMATS: Mapping[str, Exporter] = {
    "mpt": export_mpt,
    "csv": export_csv,
    "parquet": export_parquet,
    "ome-tiff": export_ome_tiff,
    "msa": export_msa,
    "png": export_png,
    "png16": partial(export_png, bits=16),
    "mp4": export_film,
}


def export_run(
    run: Run, to: str, selection: Selection | None = None, out: Path | None = None, progress: Progress | None = None
) -> list[Path]:
    """Export a run; its closed part stays as it is.

    Args:
        to: a format.
        out: folder; `derived/<format>` of the run if not given.

    Returns:
        The files that were written, none half.

    Raises:
        NotInRun: if there is no such format, region or detector.
        MissingPackage: if the format needs a package that is not installed.
    """
    kind = name_in(to, FORMATS, "format", "--to")
    return FORMATS[kind](run, selection or Selection(), place_for(run.folder, kind, out), progress or Unseen())
