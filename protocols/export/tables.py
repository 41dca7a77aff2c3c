"""Tables as CSV and as Parquet."""

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from operando.protocols.export.columns import Columns, tables_of
from operando.protocols.export.place import written_whole
from operando.protocols.export.progress import Progress
from operando.protocols.export.selection import Selection
from operando.protocols.reading import Run
from operando.protocols.reading.packages import require_package

__all__ = ["export_csv", "export_parquet"]

_ROWS_AT_ONCE = 10_000


def export_csv(run: Run, selection: Selection, place: Path, progress: Progress) -> list[Path]:
    """One file for each table, floats in full, nothing where nothing is known."""
    written = []
    for name, columns in tables_of(run, selection).items():
        path = place / f"{name}{selection.suffix}.csv"
        rows = len(next(iter(columns.values())))
        progress.begin(path.name, rows)
        with written_whole(path) as part, part.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(columns)
            for start in range(0, rows, _ROWS_AT_ONCE):
                writer.writerows(_rows(columns, start, start + _ROWS_AT_ONCE))
                progress.advance(min(_ROWS_AT_ONCE, rows - start))
        written.append(path)
    return written


def export_parquet(run: Run, selection: Selection, place: Path, progress: Progress) -> list[Path]:
    """One file for each table.

    Raises:
        MissingPackage: if pyarrow is not installed.
    """
    pyarrow = require_package("pyarrow", "Parquet")
    parquet = require_package("pyarrow.parquet", "Parquet")
    written = []
    for name, columns in tables_of(run, selection).items():
        path = place / f"{name}{selection.suffix}.parquet"
        progress.begin(path.name, 1)
        with written_whole(path) as part:
            arrays = {label: np.ascontiguousarray(values) for label, values in columns.items()}
            parquet.write_table(pyarrow.table({label: pyarrow.array(values) for label, values in arrays.items()}), part)
        progress.advance()
        written.append(path)
    return written


def _rows(columns: Columns, start: int, stop: int) -> Iterator[tuple[object, ...]]:
    pieces = [np.asarray(values[start:stop]).tolist() for values in columns.values()]
    for row in zip(*pieces, strict=True):
        yield tuple("" if isinstance(value, float) and value != value else value for value in row)
