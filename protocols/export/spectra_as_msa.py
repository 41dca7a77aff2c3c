"""Spectra as EMSA/MAS text: points as they were recorded, maps as the sum of their points."""

import math
from datetime import timedelta
from pathlib import Path

import numpy as np

from operando.drivers.roles import Spectrum
from operando.protocols.export.place import written_whole
from operando.protocols.export.progress import Progress
from operando.protocols.export.selection import Selection
from operando.protocols.reading import RecordedSpectrum, Run
from operando.protocols.record import name_for_files
from operando.protocols.record.msa import msa_text

__all__ = ["export_msa"]


def export_msa(run: Run, selection: Selection, place: Path, progress: Progress) -> list[Path]:
    """One file for each spectrum."""
    chosen, written = selection.spectra(run), []
    progress.begin("spectra", len(chosen))
    for spectrum in chosen:
        kind = "map_sum" if spectrum.is_map else "point"
        path = place / f"{name_for_files(spectrum.region)}_{spectrum.number:06d}_{kind}.msa"
        data = _sum_of(run, spectrum) if spectrum.is_map else spectrum.path.read_bytes()
        with written_whole(path) as part:
            part.write_bytes(data)
        written.append(path)
        progress.advance()
    return written


def _sum_of(run: Run, recorded: RecordedSpectrum) -> bytes:
    """All points of a map together; live and real time add up."""
    row, header = recorded.row, run.header
    counts = recorded.counts.sum(axis=(0, 1), dtype=np.uint64)
    spectrum = Spectrum(
        counts=counts.astype(np.uint32),
        channel_width_eV=row.channel_width_eV,
        offset_eV=row.offset_eV,
        live_time_s=float(recorded.live_time_s.sum()),
        real_time_s=float(recorded.real_time_s.sum()),
        input_rate_Hz=math.nan,
        output_rate_Hz=row.output_rate_Hz,
        start_s=row.start_s,
        end_s=row.end_s,
        time_uncertainty_s=row.time_uncertainty_s,
    )
    title = f"{header.sample.name} {row.region} {row.number}: sum of {row.rows} x {row.columns} points"
    started = header.start_wall + timedelta(seconds=row.start_s)
    return msa_text(spectrum, recorded.state, title, header.institution, started).encode("ascii", "replace")
