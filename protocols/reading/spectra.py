"""The X-ray spectra and maps of a run; their counts are read when they are asked for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, overload

import numpy as np
from numpy.typing import NDArray

from operando.protocols.reading.errors import name_in
from operando.protocols.reading.taken import Taken
from operando.protocols.record.content_checksum import has_checksum
from operando.protocols.record.durable import RecordError
from operando.protocols.record.msa import msa_counts
from operando.protocols.record.rows import SpectrumRow
from operando.protocols.record.state import SpectrumState
from operando.protocols.record.state_columns import state_columns

if TYPE_CHECKING:
    import pandas

__all__ = ["RecordedSpectrum", "Spectra"]


@dataclass(frozen=True, slots=True, repr=False)
class RecordedSpectrum(Taken[SpectrumRow]):
    """A spectrum of one spot, or a map of spectra; its counts are read when they are asked for."""

    def __repr__(self) -> str:
        what = f"map of {self.row.columns} x {self.row.rows} spectra" if self.is_map else "spectrum"
        return f"<{what}, number {self.number}, of {self.region}, {self.row.channels} channels, {self.moment}>"

    @property
    def is_map(self) -> bool:
        """Whether it is a map of spectra."""
        return self.row.kind == "map"

    @property
    def state(self) -> SpectrumState:
        """Why and where it was taken, and the state of the cell at its start and its end."""
        row = self.row
        return SpectrumState(
            **state_columns(row),
            position=(row.position_x, row.position_y),
            beam_voltage_V=row.beam_voltage_V,
            beam_current_A=row.beam_current_A,
            point_distance_m=(row.point_distance_y_m, row.point_distance_x_m),
            start_s=row.start_s,
            end_s=row.end_s,
            channel_width_eV=row.channel_width_eV,
            offset_eV=row.offset_eV,
            elevation_rad=row.elevation_rad,
        )

    @property
    def path(self) -> Path:
        """The file that holds it: `.msa` of a point, HDF5 of a map."""
        return self.folder / self.row.file

    @property
    def shape(self) -> tuple[int, ...]:
        """(channels,) of a point, (y, x, channels) of a map."""
        return (self.row.rows, self.row.columns, self.row.channels) if self.is_map else (self.row.channels,)

    @property
    def energy_eV(self) -> NDArray[np.float64]:
        """Of each channel, shape (channels,)."""
        return self.row.offset_eV + np.arange(self.row.channels, dtype=float) * self.row.channel_width_eV

    @property
    def counts(self) -> NDArray[np.uint32]:
        """Of `shape`, read anew each time.

        Raises:
            RecordError: if the file is not there or not whole.
        """
        if self.is_map:
            return np.asarray(self._of_map("intensity"), np.uint32)
        try:
            counts = np.array(msa_counts(self.path.read_text(encoding="ascii")), np.uint32)
        except (OSError, ValueError) as error:
            raise RecordError(f"the spectrum cannot be read: {error}", where=self.row.file) from error
        return counts

    @property
    def live_time_s(self) -> NDArray[np.float64]:
        """Shape () of a point, (y, x) of a map."""
        return np.asarray(self._of_map("live_time_s") if self.is_map else self.row.live_time_s, float)

    @property
    def real_time_s(self) -> NDArray[np.float64]:
        """Shape () of a point, (y, x) of a map."""
        return np.asarray(self._of_map("real_time_s") if self.is_map else self.row.real_time_s, float)

    def verify(self) -> None:
        """Compare the checksum of the file with the one in the row.

        Raises:
            RecordError: if they differ.
        """
        if not has_checksum(self.path.read_bytes(), self.row.checksum):
            raise RecordError(f"spectrum {self.number} has another checksum than was recorded", where=self.row.file)

    def _of_map(self, name: str) -> NDArray[np.float64]:
        import h5py

        try:
            with h5py.File(self.path, "r", locking=False) as file:
                return np.asarray(file[name][()])
        except (OSError, KeyError) as error:
            raise RecordError(f"the map cannot be read: {error}", where=self.row.file) from error


class Spectra(Sequence[RecordedSpectrum]):
    """Spectra and maps in the order in which they were recorded."""

    def __init__(self, rows: Sequence[SpectrumRow], folder: Path) -> None:
        self._rows = rows
        self._folder = folder

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[RecordedSpectrum]:
        return (RecordedSpectrum(row, self._folder) for row in self._rows)

    @overload
    def __getitem__(self, index: int) -> RecordedSpectrum: ...

    @overload
    def __getitem__(self, index: slice) -> "Spectra": ...

    def __getitem__(self, index: int | slice) -> "RecordedSpectrum | Spectra":
        if isinstance(index, slice):
            return Spectra(self._rows[index], self._folder)
        return RecordedSpectrum(self._rows[index], self._folder)

    def __repr__(self) -> str:
        return f"<{len(self.points)} spectra and {len(self.maps)} maps in {self._folder.name}>"

    @property
    def rows(self) -> Sequence[SpectrumRow]:
        """The rows of `spectra.csv`."""
        return self._rows

    @property
    def points(self) -> "Spectra":
        return self.of(kind="point")

    @property
    def maps(self) -> "Spectra":
        return self.of(kind="map")

    def of(
        self,
        *,
        region: str | None = None,
        kind: Literal["point", "map"] | None = None,
        cycle: int | None = None,
        since: float | None = None,
        until: float | None = None,
    ) -> "Spectra":
        """The spectra of a region, kind or cycle, that began between two run times (seconds).

        Raises:
            NotInRun: if none is of that region.
        """
        rows = self._rows
        if region is not None:
            region = name_in(
                region, dict.fromkeys(row.region for row in rows), "region with spectra", str(self._folder)
            )
        chosen = [
            row
            for row in rows
            if (region is None or row.region == region)
            and (kind is None or row.kind == kind)
            and (cycle is None or row.cycle == cycle)
            and (since is None or row.start_s >= since)
            and (until is None or row.start_s < until)
        ]
        return Spectra(chosen, self._folder)

    def table(self) -> "pandas.DataFrame":
        """A row for each: the columns of `spectra.csv`.

        Raises:
            MissingPackage: if pandas is not installed.
        """
        from operando.protocols.reading.tables import table_of_rows

        return table_of_rows(SpectrumRow, self._rows)
