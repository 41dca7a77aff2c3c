"""Records X-ray spectra: points as `.msa`, maps as HDF5 files of their own, each acknowledged in `spectra.csv`."""

import math
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from operando.drivers.roles import Spectrum
from operando.protocols.record.content_checksum import content_checksum
from operando.protocols.record.durable import PART, Disk
from operando.protocols.record.header import RunHeader
from operando.protocols.record.msa import msa_text
from operando.protocols.record.row_file import RowFile
from operando.protocols.record.rows import SpectrumRow
from operando.protocols.record.state import SpectrumState
from operando.protocols.record.state_columns import state_columns

__all__ = ["SpectrumWriter"]


class SpectrumWriter:
    """Writes spectra, each acknowledged by its row."""

    def __init__(self, folder: Path, header: RunHeader, disk: Disk, rows: Sequence[SpectrumRow] = ()) -> None:
        self._folder = folder
        self._header = header
        self._disk = disk
        self._index = RowFile(disk, folder / "spectra.csv", SpectrumRow, rows)

    @property
    def rows(self) -> list[SpectrumRow]:
        """All spectra that are acknowledged."""
        return self._index.rows

    def write_point(self, spectrum: Spectrum, state: SpectrumState) -> SpectrumRow:
        """Write a spectrum; it is on the disk when this returns."""
        number = self._index.next_number
        header = self._header
        started = header.start_wall + timedelta(seconds=spectrum.start_s)
        text = msa_text(
            spectrum,
            state,
            f"{header.simulation_mark}{header.sample.name} {state.region} {number}",
            header.institution,
            started,
        )
        data = text.encode("ascii", "replace")
        file = f"spectra/eds_{number:06d}.msa"
        self._disk.write_whole(self._folder / file, data)
        return self._acknowledge(_point_row(number, file, data, spectrum, state, header.start_unix_s))

    def write_map(
        self,
        spectra: NDArray[np.uint32],
        live_time_s: NDArray[np.float64],
        real_time_s: NDArray[np.float64],
        state: SpectrumState,
    ) -> SpectrumRow:
        """Write a map (y, x, channels) with the times of its points (y, x); it is on the disk when this returns."""
        import h5py

        number = self._index.next_number
        file = f"spectra/map_{number:04d}.h5"
        path = self._folder / file
        temporary = path.with_name(path.name + PART)
        with h5py.File(temporary, "w") as h5:
            h5["intensity"] = np.ascontiguousarray(spectra, "<u4")
            h5["live_time_s"] = np.ascontiguousarray(live_time_s, "<f8")
            h5["real_time_s"] = np.ascontiguousarray(real_time_s, "<f8")
        data = temporary.read_bytes()
        self._disk.publish(temporary, path)
        return self._acknowledge(
            _map_row(number, file, data, spectra, live_time_s, real_time_s, state, self._header.start_unix_s)
        )

    def close(self) -> None:
        self._index.close()

    def _acknowledge(self, row: SpectrumRow) -> SpectrumRow:
        self._index.acknowledge([row])
        return row


def _point_row(
    number: int, file: str, data: bytes, spectrum: Spectrum, state: SpectrumState, start_unix_s: float
) -> SpectrumRow:
    return _row(
        number,
        "point",
        file,
        data,
        (1, 1, len(spectrum.counts)),
        (spectrum.channel_width_eV, spectrum.offset_eV),
        (spectrum.live_time_s, spectrum.real_time_s, spectrum.input_rate_Hz, spectrum.output_rate_Hz),
        (spectrum.start_s, spectrum.end_s, spectrum.time_uncertainty_s),
        state,
        start_unix_s,
    )


def _map_row(
    number: int,
    file: str,
    data: bytes,
    spectra: NDArray[np.uint32],
    live_time_s: NDArray[np.float64],
    real_time_s: NDArray[np.float64],
    state: SpectrumState,
    start_unix_s: float,
) -> SpectrumRow:
    rows, columns, channels = spectra.shape
    real_s = float(np.sum(real_time_s))
    output_Hz = float(np.sum(spectra, dtype=np.float64)) / real_s if real_s > 0 else math.nan
    return _row(
        number,
        "map",
        file,
        data,
        (rows, columns, channels),
        (state.channel_width_eV, state.offset_eV),
        (float(np.mean(live_time_s)), float(np.mean(real_time_s)), math.nan, output_Hz),
        (state.start_s, state.end_s, math.nan),
        state,
        start_unix_s,
    )


def _row(
    number: int,
    kind: str,
    file: str,
    data: bytes,
    shape: tuple[int, int, int],
    scale_eV: tuple[float, float],
    rates: tuple[float, float, float, float],
    times_s: tuple[float, float, float],
    state: SpectrumState,
    start_unix_s: float,
) -> SpectrumRow:
    return SpectrumRow(
        number=number,
        kind=kind,
        file=file,
        checksum=content_checksum(data),
        rows=shape[0],
        columns=shape[1],
        channels=shape[2],
        channel_width_eV=float(scale_eV[0]),
        offset_eV=float(scale_eV[1]),
        live_time_s=float(rates[0]),
        real_time_s=float(rates[1]),
        input_rate_Hz=float(rates[2]),
        output_rate_Hz=float(rates[3]),
        start_s=float(times_s[0]),
        end_s=float(times_s[1]),
        start_unix_s=start_unix_s + float(times_s[0]),
        time_uncertainty_s=float(times_s[2]),
        position_x=float(state.position[0]),
        position_y=float(state.position[1]),
        point_distance_y_m=float(state.point_distance_m[0]),
        point_distance_x_m=float(state.point_distance_m[1]),
        beam_voltage_V=float(state.beam_voltage_V),
        beam_current_A=float(state.beam_current_A),
        elevation_rad=float(state.elevation_rad),
        **state_columns(state),
    )
