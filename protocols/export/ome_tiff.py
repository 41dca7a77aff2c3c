"""Pictures as OME-TIFF, for Fiji, napari and QuPath: uncompressed, (time, detector, y, x), with their scale."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from operando.protocols.export.place import written_whole
from operando.protocols.export.progress import Progress
from operando.protocols.export.selection import Selection
from operando.protocols.export.series import Series, series_of
from operando.protocols.reading import Run
from operando.protocols.reading.packages import require_package

__all__ = ["export_ome_tiff"]

_LARGEST_TIFF_BYTES = 3_900_000_000
"""Offsets in a TIFF have 32 bits; above this it is written as BigTIFF."""


def export_ome_tiff(run: Run, selection: Selection, place: Path, progress: Progress) -> list[Path]:
    """One file for each series of scans.

    Raises:
        MissingPackage: if tifffile is not installed.
    """
    tifffile = require_package("tifffile", "OME-TIFF")
    written = []
    for series in series_of(selection.frames(run)):
        path = place / f"{series.name}{selection.suffix}.ome.tif"
        row = series.first.row
        shape = (len(series.scans), len(series.detectors), row.height, row.width)
        size = int(np.prod(shape)) * np.dtype(row.dtype).itemsize
        progress.begin(path.name, shape[0] * shape[1])
        with (
            written_whole(path) as part,
            tifffile.TiffWriter(part, bigtiff=size > _LARGEST_TIFF_BYTES, ome=True) as file,
        ):
            pixels = _pixels(series, progress)
            file.write(pixels, shape=shape, dtype=row.dtype, photometric="minisblack", metadata=_metadata(run, series))
        written.append(path)
    return written


def _pixels(series: Series, progress: Progress) -> Iterator[NDArray[np.generic]]:
    for scan in series.scans:
        for frame in scan:
            yield frame.verified_pixels()
            progress.advance()


def _metadata(run: Run, series: Series) -> dict[str, object]:
    """What the OME schema knows of pictures; times are run seconds of the start of each scan."""
    frames = [frame for scan in series.scans for frame in scan]
    first, header = series.first, run.header
    pixel_size_um = float(np.mean([frame.pixel_size_m for frame in frames])) * 1e6
    simulated = "SIMULATED. " if header.simulated else ""
    beam = first.conditions
    voltages = ", ".join(f"{scan[0].row.voltage_at_start_V:.5f} V" for scan in series.scans)
    described = (
        f"{simulated}{header.title}. Sample {header.sample.name}, region {first.region}, "
        f"{beam.voltage_V:g} V, {beam.current_A:g} A. DeltaT is run time. Cell at the start of each scan: {voltages}"
    )
    return {
        "axes": "TCYX",
        "Name": f"{header.run_id} {series.name}",
        "AcquisitionDate": (header.start_wall + timedelta(seconds=first.start_s)).isoformat(timespec="milliseconds"),
        "Description": described,
        "PhysicalSizeX": pixel_size_um,
        "PhysicalSizeXUnit": "µm",
        "PhysicalSizeY": pixel_size_um,
        "PhysicalSizeYUnit": "µm",
        "Channel": {"Name": list(series.detectors)},
        "Plane": {
            "DeltaT": [frame.start_s for frame in frames],
            "DeltaTUnit": ["s"] * len(frames),
            "ExposureTime": [frame.dwell_s for frame in frames],
            "ExposureTimeUnit": ["s"] * len(frames),
            "PositionX": [frame.stage.x_m * 1e6 for frame in frames],
            "PositionXUnit": ["µm"] * len(frames),
            "PositionY": [frame.stage.y_m * 1e6 for frame in frames],
            "PositionYUnit": ["µm"] * len(frames),
        },
    }
