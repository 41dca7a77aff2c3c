"""Checks pictures and spectra: bytes against their checksums, and the state against the samples."""

import math

import numpy as np
from numpy.typing import NDArray

from operando.protocols.record.block_log import in_order_of_time
from operando.protocols.record.content_checksum import has_checksum
from operando.protocols.record.findings import Findings
from operando.protocols.record.msa import msa_counts
from operando.protocols.record.reader import load_pixels, read_frames, read_spectra
from operando.protocols.record.rows import FrameRow

__all__ = ["check_frames", "check_spectra"]

NEIGHBOURS = 2
"""A voltage belongs to a time if it lies among so many samples on either side of it: how it is
interpolated is the runner's choice, and the last samples may not have arrived when a frame ends."""
TOLERANCE_V = 1e-6


def check_frames(found: Findings) -> None:
    """Check each acknowledged frame."""
    found.frames = read_frames(found.folder)
    samples = in_order_of_time(found.samples)
    places: set[tuple[str, int]] = set()
    for expected, row in enumerate(found.frames, 1):
        if row.number != expected:
            found.bad_frame(row, f"stands where frame {expected} should")
        elif (row.file, row.index) in places:
            found.bad_frame(row, "another frame is at the same place")
        else:
            _check_frame(found, row, samples)
        places.add((row.file, row.index))


def _check_frame(found: Findings, row: FrameRow, samples: NDArray[np.void]) -> None:
    if row.bytes != row.height * row.width * np.dtype(row.dtype).itemsize:
        found.bad_frame(row, f"{row.bytes} bytes are not {row.height} x {row.width} of {row.dtype}")
    elif not (found.folder / row.file).is_file():
        found.bad_frame(row, "the file is missing")
    elif not has_checksum(load_pixels(found.folder, row).data, row.checksum):
        found.bad_frame(row, "the pixels have another checksum")
    else:
        for time_s, voltage_V, when in (
            (row.start_s, row.voltage_at_start_V, "start"),
            (row.end_s, row.voltage_at_end_V, "end"),
        ):
            if not _fits(samples, time_s, voltage_V):
                found.bad_frame(row, f"the voltage at its {when}, {voltage_V:g} V, is not among the samples around it")
                return


def _fits(samples: NDArray[np.void], time_s: float, voltage_V: float) -> bool:
    if math.isnan(voltage_V) or not len(samples):
        return True
    after = int(np.searchsorted(samples["time_s"], time_s))
    around = samples["voltage_V"][max(0, after - NEIGHBOURS) : after + NEIGHBOURS]
    known = around[~np.isnan(around)]
    if not len(known):
        return True
    return bool(known.min() - TOLERANCE_V <= voltage_V <= known.max() + TOLERANCE_V)


def check_spectra(found: Findings) -> None:
    """Check each acknowledged spectrum and map."""
    found.spectra = read_spectra(found.folder)
    for row in found.spectra:
        path = found.folder / row.file
        if not path.is_file():
            found.bad_spectrum(row, "the file is missing")
            continue
        data = path.read_bytes()
        if not has_checksum(data, row.checksum):
            found.bad_spectrum(row, "the file has another checksum")
        elif row.kind == "point" and len(msa_counts(data.decode())) != row.channels:
            found.bad_spectrum(row, f"the file has not {row.channels} channels")
