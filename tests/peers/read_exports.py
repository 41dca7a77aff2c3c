"""Run by an interpreter that has galvani, yadg, tifffile, rosettasciio and pandas: what they see in exports, as JSON.

Usage: python read_exports.py FOLDER        (with sub-folders mpt, ome-tiff, msa, parquet and mp4)
"""

import json
import sys
import warnings
from pathlib import Path

warnings.simplefilter("ignore")

import av  # noqa: E402
import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
import tifffile  # noqa: E402
from galvani import BioLogic  # noqa: E402
from rsciio.msa import file_reader as read_msa  # noqa: E402
from rsciio.tiff import file_reader as read_tiff  # noqa: E402
from yadg.extractors.eclab.mpt import extract as read_mpt  # noqa: E402


def galvani(path: Path) -> dict[str, object]:
    with path.open("rb") as file:
        table, _ = BioLogic.MPTfile(file, encoding="cp1252")
    return {name: [float(value) for value in table[name]] for name in table.dtype.names}


def yadg(path: Path) -> dict[str, object]:
    tree = read_mpt(path, encoding="cp1252", locale="en_GB", timezone="UTC")
    data = tree.to_dataset()
    return {
        "uts": data["uts"].values.tolist(),
        "voltage": data["Ecell"].values.tolist(),
        "units": [data["Ecell"].attrs["units"], data["I"].attrs["units"]],
        "current": data["I"].values.tolist(),
        "settings": tree.attrs["original_metadata"]["settings"],
    }


def ome_tiff(path: Path) -> dict[str, object]:
    with tifffile.TiffFile(path) as file:
        series = file.series[0]
        values = series.asarray()
        pixels = tifffile.xml2dict(file.ome_metadata or "")["OME"]["Image"]["Pixels"]
    (signal,) = read_tiff(str(path))
    channels = pixels["Channel"]
    return {
        "axes": series.axes,
        "shape": list(values.shape),
        "sums": values.reshape(-1, *values.shape[-2:]).sum(axis=(1, 2), dtype=np.uint64).tolist(),
        "pixel_size": [pixels["PhysicalSizeX"]],
        "pixel_size_units": [pixels["PhysicalSizeXUnit"]],
        "delta_t": [plane["DeltaT"] for plane in pixels["Plane"]],
        "channels": [channel["Name"] for channel in (channels if isinstance(channels, list) else [channels])],
        "rosettasciio_sum": [int(signal["data"].sum(dtype=np.uint64))],
    }


def msa(path: Path) -> dict[str, object]:
    (signal,) = read_msa(str(path))
    (axis,) = signal["axes"]
    scale = [axis["scale"], axis["offset"]]
    return {"counts": signal["data"].tolist(), "scale": scale, "units": [axis["units"]]}


def mp4(path: Path) -> dict[str, object]:
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        pictures = [frame.to_ndarray(format="gray") for frame in container.decode(stream)]
    spread = [float(picture.std()) for picture in pictures]
    return {"pictures": [len(pictures)], "contrast": spread}


def main(folder: Path) -> None:
    samples = pd.read_parquet(next(folder.glob("parquet/samples*.parquet")))
    cell = next(path for path in sorted(folder.glob("mpt/*.mpt")) if "_eis" not in path.name)
    found = {
        "galvani": galvani(cell),
        "galvani_impedance": {path.name: galvani(path) for path in sorted(folder.glob("mpt/*_eis*.mpt"))},
        "yadg": yadg(cell),
        "ome_tiff": {path.name: ome_tiff(path) for path in sorted(folder.glob("ome-tiff/*.ome.tif"))},
        "msa": {path.name: msa(path) for path in sorted(folder.glob("msa/*.msa"))},
        "mp4": {path.name: mp4(path) for path in sorted(folder.glob("mp4/*.mp4"))},
        "parquet": {name: samples[name].tolist() for name in ("Test Time / s", "Voltage / V", "Current / A")},
    }
    json.dump(found, sys.stdout)


main(Path(sys.argv[1]))
