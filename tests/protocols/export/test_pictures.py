"""Exported pictures and spectra hold the values of the record, with their scale."""

from pathlib import Path

import numpy as np
import pytest
import tifffile
from numpy.typing import NDArray
from PIL import Image

from operando.protocols.export import Selection, export_run
from operando.protocols.export.series import series_of
from operando.protocols.reading import Run
from operando.protocols.record.msa import msa_counts

NAMESPACE = {"ome": "http://www.openmicroscopy.org/Schemas/OME/2016-06"}


def test_ome_tiff(run: Run, tmp_path: Path) -> None:
    from xml.etree import ElementTree

    written = export_run(run, "ome-tiff", Selection(region="anode"), tmp_path)
    assert [path.name for path in written] == [
        "anode_tile1-2_SE_8x6_0.8um.ome.tif",
        "anode_tile1-2_BSE_8x6_0.8um.ome.tif",
    ]
    frames = run.frames.of(region="anode", detector="SE")
    with tifffile.TiffFile(written[0]) as file:
        assert file.is_ome
        assert np.array_equal(file.series[0].asarray(), np.array([frame.pixels for frame in frames]))
        pixels = ElementTree.fromstring(file.ome_metadata or "").find(".//ome:Pixels", NAMESPACE)
    assert pixels is not None
    assert float(pixels.attrib["PhysicalSizeX"]) == pytest.approx(0.1)
    assert pixels.attrib["PhysicalSizeXUnit"] == "µm"
    times = [float(plane.attrib["DeltaT"]) for plane in pixels.findall("ome:Plane", NAMESPACE)]
    assert times == [frame.start_s for frame in frames]
    assert [channel.attrib["Name"] for channel in pixels.findall("ome:Channel", NAMESPACE)] == ["SE"]


def test_detectors_of_one_scan_with_equal_pixels_are_channels(run: Run) -> None:
    from dataclasses import replace

    rows = [replace(frame.row, dtype="uint8") for frame in run.frames.of(region="anode")]
    frames = [replace(frame, row=row) for frame, row in zip(run.frames, rows, strict=False)]
    (series,) = series_of(frames)
    assert (series.detectors, len(series.scans)) == (("SE", "BSE"), 4)


def test_another_scale_is_another_series(run: Run) -> None:
    from dataclasses import replace

    frames = list(run.frames.of(region="anode", detector="SE"))
    wider = replace(frames[1], row=replace(frames[1].row, pixel_size_m=2e-7))
    noisy = replace(frames[2], row=replace(frames[2].row, pixel_size_m=1.0000003e-7))
    assert [len(series.scans) for series in series_of([frames[0], wider, noisy])] == [2, 1]


def test_series_that_differ_by_less_than_their_name_tells_are_files_of_their_own(run: Run) -> None:
    from dataclasses import replace

    frames = list(run.frames.of(region="anode", detector="SE"))
    shallow = replace(frames[1], row=replace(frames[1].row, dtype="uint8"))
    names = [series.name for series in series_of([frames[0], shallow, frames[2]])]
    assert names == ["anode_tile1-2_SE_8x6_0.8um", "anode_tile1-2_SE_8x6_0.8um_2"]


def grey(path: Path) -> NDArray[np.generic]:
    with Image.open(path) as picture:
        return np.asarray(picture)


def test_png_as_recorded(run: Run, tmp_path: Path) -> None:
    for path, frame in zip(export_run(run, "png16", out=tmp_path), run.frames, strict=True):
        picture = grey(path)
        assert np.array_equal(picture[:6], frame.pixels)
        assert picture[6:].max() > 0


def test_png_says_how_it_was_stretched(run: Run, tmp_path: Path) -> None:
    path = export_run(run, "png", Selection(detector="SE"), tmp_path)[0]
    with Image.open(path) as picture:
        assert picture.mode == "L"
        assert picture.info["Stretch"].startswith("black ")
        assert picture.info["Stretch"].endswith("of 65535")
        assert float(picture.info["Pixel size / m"]) == 1e-7
        assert float(picture.info["Cell voltage / V"]) == 3.63
        assert "SIMULATED" in picture.info["Description"]
    shown = grey(path)[:6]
    assert (shown.min(), shown.max()) == (0, 255)
    recorded = run.frames[0].pixels.astype(float)
    assert np.corrcoef(shown.astype(float).ravel(), recorded.ravel())[0, 1] > 0.99


def test_spectra(run: Run, tmp_path: Path) -> None:
    point, total = export_run(run, "msa", out=tmp_path)
    assert point.read_bytes() == run.spectra.points[0].path.read_bytes()
    text = total.read_text(encoding="ascii")
    found = run.spectra.maps[0]
    assert msa_counts(text) == found.counts.sum(axis=(0, 1)).tolist()
    assert f"#LIVETIME  -s: {0.2 * 12:.9g}" in text
    assert "sum of 4 x 3 points" in text
