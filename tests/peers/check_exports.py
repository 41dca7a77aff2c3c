"""Export a part of a record, read it with the programs of others, and compare every value with the record.

    python tests/peers/check_exports.py RUN --readers PYTHON

Run by an interpreter that has operando; `--readers` is one that has galvani, yadg, tifffile, rosettasciio, pandas,
pyarrow and av. Prints one line for each check; exit 1 if one fails.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from operando.protocols import open_run
from operando.protocols.export import Selection, export_run
from operando.protocols.reading import Run

HERE = Path(__file__).parent
Found = Iterator[tuple[str, bool]]
Seen = Mapping[str, Mapping[str, list[float]]]


def same(seen: object, recorded: object, relative: float = 1e-12) -> bool:
    return bool(np.allclose(np.asarray(seen, float), np.asarray(recorded, float), rtol=relative, atol=0.0))


def cell(run: Run, selection: Selection, seen: Seen) -> Found:
    samples, start_unix_s = selection.samples(run), run.header.start_unix_s
    galvani, yadg, parquet = seen["galvani"], seen["yadg"], seen["parquet"]
    yield f"galvani: time of {len(samples)} samples", same(galvani["time/s"], samples["time_s"])
    # galvani calls the voltage of a cell Ewe/V, too
    yield "galvani: voltage", same(galvani["Ewe/V"], samples["voltage_V"])
    yield "galvani: current", same(galvani["I/mA"], samples["current_A"] * 1e3)
    yield "galvani: cycles", same(galvani["cycle number"], samples["cycle"])
    yield "yadg: volt and milliampere", list(map(str, yadg["units"])) == ["V", "mA"]
    yield "yadg: voltage", same(yadg["voltage"], samples["voltage_V"])
    yield "yadg: current", same(yadg["current"], samples["current_A"] * 1e3)
    yield "yadg: wall time", same(yadg["uts"], start_unix_s + samples["time_s"], 1e-12)
    yield "pandas: Parquet", same(parquet["Voltage / V"], samples["voltage_V"], 0.0)


def impedance(run: Run, selection: Selection, seen: Seen) -> Found:
    recorded = [spectrum.points for spectrum in run.impedance if spectrum.cycle == selection.cycle]
    yield f"galvani: {len(recorded)} impedance spectra", len(seen) == len(recorded) > 0
    for values, points in zip(seen.values(), recorded, strict=True):
        for name, wanted in (
            ("freq/Hz", points["frequency_Hz"]),
            ("Re(Z)/Ohm", points["real_ohm"]),
            ("-Im(Z)/Ohm", -points["imaginary_ohm"]),
        ):
            yield f"galvani: {name}", same(values[name], wanted)


def pictures(run: Run, selection: Selection, seen: Seen) -> Found:
    frames = list(selection.frames(run))
    sums = sorted(int(frame.pixels.sum(dtype=np.uint64)) for frame in frames)
    starts = sorted(frame.start_s for frame in frames)
    yield f"tifffile: all {len(frames)} pictures, every pixel", sums == sorted(_all(seen, "sums"))
    yield "tifffile: run time of each", same(sorted(_all(seen, "delta_t")), starts)
    yield (
        "tifffile: detectors are channels",
        set(map(str, _all(seen, "channels"))) == {frame.detector for frame in frames},
    )
    wanted_um = np.mean([frame.pixel_size_m for frame in frames]) * 1e6
    yield "tifffile: pixel size", same(_all(seen, "pixel_size"), wanted_um, 1e-3)
    yield "tifffile: in µm", set(map(str, _all(seen, "pixel_size_units"))) == {"µm"}
    yield "rosettasciio: the same pixels", sum(_all(seen, "rosettasciio_sum")) == sum(sums)


def _all(files: Seen, name: str) -> list[float]:
    return [value for file in files.values() for value in file[name]]


def spectra(run: Run, selection: Selection, seen: Seen) -> Found:
    recorded = sorted(selection.spectra(run), key=lambda spectrum: (spectrum.region, spectrum.number))
    yield f"rosettasciio: {len(recorded)} spectra", len(seen) == len(recorded) > 0
    for name, spectrum in zip(sorted(seen), recorded, strict=True):
        counts = spectrum.counts.sum(axis=(0, 1)) if spectrum.is_map else spectrum.counts
        yield f"rosettasciio: {name}, counts", same(seen[name]["counts"], counts, 0.0)
        scale_keV = [spectrum.row.channel_width_eV / 1e3, spectrum.row.offset_eV / 1e3]
        yield f"rosettasciio: {name}, energies", same(seen[name]["scale"], scale_keV)


def films(run: Run, selection: Selection, seen: Seen) -> Found:
    frames = list(selection.frames(run))
    shown = sum(_all(seen, "pictures"))
    yield f"PyAV: {len(seen)} films with {shown} pictures", shown == len(frames) > 0
    yield "PyAV: no picture is empty", min(_all(seen, "contrast")) > 10.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path)
    parser.add_argument("--readers", type=Path, required=True)
    asked = parser.parse_args()
    run = open_run(asked.run)
    region = run.frames.regions[-1]
    of_cell, of_pictures = Selection(cycle=1), Selection(cycle=1, region=region)
    with tempfile.TemporaryDirectory() as work:
        place = Path(work)
        for kind, selection in (
            ("mpt", of_cell),
            ("parquet", of_cell),
            ("msa", of_cell),
            ("ome-tiff", of_pictures),
            ("mp4", of_pictures),
        ):
            export_run(run, kind, selection, place / kind)
        done = subprocess.run(
            [asked.readers, HERE / "read_exports.py", place], capture_output=True, text=True, check=False
        )
    if done.returncode != 0:
        raise SystemExit(f"read_exports.py failed: {done.stderr[-2000:]}")
    seen = json.loads(done.stdout.splitlines()[-1])
    checks = [
        cell(run, of_cell, seen),
        impedance(run, of_cell, seen["galvani_impedance"]),
        pictures(run, of_pictures, seen["ome_tiff"]),
        spectra(run, of_cell, seen["msa"]),
        films(run, of_pictures, seen["mp4"]),
    ]
    failed = 0
    for check in checks:
        for what, good in check:
            failed += not good
            sys.stdout.write(f"{'ok  ' if good else 'FAIL'} {what}\n")
    return 1 if failed else 0


sys.exit(main())
