"""Open a record with the programs of others, and insist on what they see.

    python tests/peers/check_record.py RUN --readers PYTHON --cellpy PYTHON --pynxtools PYTHON --crate PYTHON

`--readers` is an interpreter that has hyperspy, exspy, rosettasciio, nexusformat, silx and `batterydf<0.2`;
`--cellpy` one that has cellpy 1.0.3, which needs older packages than the others; `--pynxtools` one that has pynxtools
0.16.0; `--crate` one that has rocrate and roc-validator. What they read is compared with the plain files of the record.
Prints one line for each check; exit 1 if one fails.
"""

import argparse
import csv
import json
import math
import subprocess
import sys
from array import array
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent
Found = Iterator[tuple[str, bool]]


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)


def seen_by(python: Path, reader: str, folder: Path) -> object:
    done = run(python, HERE / reader, folder)
    if done.returncode != 0:
        raise SystemExit(f"{reader} failed: {done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def rows_of(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def close(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=1e-6, abs_tol=1e-9)


def sum_of_pixels(folder: Path, row: dict[str, str]) -> float:
    """From the bytes that `frames.csv` points to."""
    with (folder / row["file"]).open("rb") as file:
        file.seek(int(row["offset"]))
        pixels = array({"uint8": "B", "uint16": "H"}[row["dtype"]], file.read(int(row["bytes"])))
    return float(sum(pixels))


def sum_of_counts(path: Path) -> float:
    """From the text of an EMSA file."""
    _, _, data = path.read_text(encoding="ascii").partition("Spectral Data Starts Here")
    return sum(float(word) for word in data.partition("#END")[0].split())


def hyperspy(python: Path, folder: Path) -> Found:
    signals = seen_by(python, "read_hyperspy.py", folder)
    assert isinstance(signals, list)
    pictures = [signal for signal in signals if signal["signal_dimension"] == 2]
    spectra = [signal for signal in signals if any(axis[0] == "axis_energy" for axis in signal["axes"])]
    texts = {signal["file"]: signal for signal in signals if signal["file"].endswith(".msa")}
    yield "HyperSpy: there are pictures", bool(pictures)
    yield "HyperSpy: pictures are Signal2D, not EDS", all(signal["class"] == "Signal2D" for signal in pictures)
    frames = rows_of(folder, "frames.csv")
    known = sorted(sum_of_pixels(folder, row) for row in frames)
    read = sorted(total for signal in pictures for total in signal["sums"])
    yield f"HyperSpy: the pixels of all {len(known)} pictures are those at their offsets", known == read
    sizes = {round(float(row["pixel_size_m"]) * 1e6, 9) for row in frames}
    scaled = [axis for signal in pictures for axis in signal["axes"][1:]]
    yield (
        "HyperSpy: pixel sizes in um are those of frames.csv",
        all(axis[4] == "um" and any(math.isclose(axis[2], size, rel_tol=1e-5) for size in sizes) for axis in scaled),
    )
    listed = rows_of(folder, "spectra.csv")
    points, maps = ([row for row in listed if row["kind"] == kind] for kind in ("point", "map"))
    yield "HyperSpy: spectra are EDSSEMSpectrum", all(signal["class"] == "EDSSEMSpectrum" for signal in spectra)
    voltages = {float(row["beam_voltage_V"]) / 1e3 for row in listed}
    yield "HyperSpy: spectra know the beam energy", {signal["beam_energy_keV"] for signal in spectra} == voltages
    yield "HyperSpy: spectra know the live time", all(signal["live_time_s"] > 0 for signal in spectra)
    counts = sum(sum_of_counts(folder / row["file"]) for row in points)
    stacks = sum(signal["sum"] for signal in spectra if len(signal["axes"]) == 2)
    yield f"HyperSpy: the counts of all {len(points)} spectra are those of their files", counts == stacks
    shapes = sorted((int(row["rows"]), int(row["columns"]), int(row["channels"])) for row in maps)
    seen = sorted(tuple(axis[1] for axis in signal["axes"]) for signal in spectra if len(signal["axes"]) == 3)
    yield (
        f"HyperSpy: {len(maps)} maps are (y, x, E)",
        shapes == seen and all(signal["sum"] > 0 for signal in spectra if len(signal["axes"]) == 3),
    )
    yield (
        f"HyperSpy: all {len(points)} .msa are EDSSEMSpectrum with their live time and energies",
        len(texts) == len(points) and all(_as_listed(texts[Path(row["file"]).name], row) for row in points),
    )


def _as_listed(signal: dict[str, object], row: dict[str, str]) -> bool:
    axes, live_s = signal["axes"], signal["live_time_s"]
    assert isinstance(axes, list)
    assert isinstance(live_s, float)
    return (
        signal["class"] == "EDSSEMSpectrum"
        and close(live_s, float(row["live_time_s"]))
        and close(axes[-1][2] * 1e3, float(row["channel_width_eV"]))
        and close(axes[-1][3] * 1e3, float(row["offset_eV"]))
    )


def silx(python: Path, folder: Path) -> Found:
    plots = seen_by(python, "read_silx.py", folder)
    assert isinstance(plots, dict)
    samples, first = metadata(folder)["samples"], bdf_rows(folder)[0]
    yield "silx: the default plot is the voltage", plots["default_signal"] == "Voltage / V"
    yield "silx: as a curve", plots["default_is_curve"] is True
    yield f"silx: of all {samples} samples", plots["points"] == samples
    yield "silx: that begins as the CSV", close(plots["first_voltage_V"], float(first["Voltage / V"]))
    yield "silx: every NXdata is valid", plots["invalid"] == []
    stacks = {
        (row["region"], row["detector"], row["height"], row["pixel_size_m"]) for row in rows_of(folder, "frames.csv")
    }
    yield "silx: the stacks are pictures", 0 < len(plots["stacks"]) <= len(stacks)


def metadata(folder: Path) -> dict[str, object]:
    known = json.loads((folder / "metadata.json").read_bytes())
    assert isinstance(known, dict)
    return known


def bdf_rows(folder: Path) -> list[dict[str, str]]:
    return rows_of(folder, next(folder.glob("*_001.bdf.csv")).name)


def nexus(python: Path, folder: Path) -> Found:
    for options in ([], ["-p", "/entry"]):
        done = run(python.with_name("nxvalidate"), "-e", *options, folder / "run.nxs")
        name = " ".join(["nxvalidate -e", *options])
        yield f"{name}: NXem, 0 errors", "Total number of errors: 0" in done.stdout + done.stderr


def pynxtools(python: Path, folder: Path) -> Found:
    """Its exit code is 0 whatever it finds."""
    done = run(python.with_name("pynx"), "validate", "--ignore-undocumented", folder / "run.nxs")
    told = done.stdout + done.stderr
    voltages = {row["beam_voltage_V"] for row in rows_of(folder, "spectra.csv")}
    entries = ["entry", *(f"eds_{number}" if number > 1 else "eds" for number in range(1, len(voltages) + 1))]
    for entry in entries:
        yield f"pynx validate: {entry} is valid NXem", f"The entry `{entry}` in file" in told and "is valid" in told
    yield "pynx validate: warns of nothing", "WARNING" not in told and "NOT valid" not in told


def bdf(python: Path, folder: Path) -> Found:
    for path in sorted(folder.glob("*.bdf.*")):
        done = run(python.with_name("bdf"), "validate", path)
        yield f"bdf validate {path.name}", done.returncode == 0 and "validation passed" in done.stdout
    read = seen_by(python, "read_bdf.py", folder)
    assert isinstance(read, dict)
    rows, samples = bdf_rows(folder), metadata(folder)["samples"]
    for name, table in read.items():
        expected = samples if name.endswith("parquet") else len(rows)
        yield f"bdf {name}: all {expected} rows", table["rows"] == expected
        yield f"bdf {name}: begins as the CSV", close(table["first_voltage_V"], float(rows[0]["Voltage / V"]))
        largest = max(float(row["Current / A"]) for row in rows)
        yield f"bdf {name}: charging is positive", table["largest_current_A"] >= largest > 0


def cellpy(python: Path, folder: Path) -> Found:
    cell = seen_by(python, "read_cellpy.py", folder)
    assert isinstance(cell, dict)
    rows = bdf_rows(folder)
    yield f"cellpy: all {len(rows)} rows", cell["rows"] == len(rows)
    yield f"cellpy: {cell['cycles']} cycles, {cell['steps']} steps", cell["cycles"] >= 1 and cell["steps"] >= 1
    for name, label in (
        ("largest_voltage_V", "Voltage / V"),
        ("largest_current_A", "Current / A"),
        ("last_time_s", "Test Time / s"),
    ):
        yield f"cellpy: {name} is that of the CSV", close(cell[name], max(float(row[label]) for row in rows))


def crate(python: Path, folder: Path) -> Found:
    seen = seen_by(python, "read_crate.py", folder)
    assert isinstance(seen, dict)
    known = metadata(folder)
    sums = dict(line.split("  ", 1)[::-1] for line in (folder / "SHA256SUMS").read_text().splitlines())
    del sums["ro-crate-metadata.json"]
    yield f"RO-Crate 1.3: every requirement is met {seen['issues']}", seen["issues"] == []
    yield f"RO-Crate: {len(sums)} files with the sums of SHA256SUMS", seen["files"] == sums
    yield "RO-Crate: the run began when metadata.json says", seen["start"] == [known["start"]]
    simulated = str(seen["name"]).startswith("SIMULATION ")
    yield "RO-Crate: says by its name whether it is a simulation", simulated == known["simulation"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path)
    parser.add_argument("--readers", type=Path, required=True)
    for name in ("cellpy", "pynxtools", "crate"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    asked = parser.parse_args()
    checks = [check(asked.readers, asked.run) for check in (hyperspy, silx, nexus, bdf)]
    checks += [cellpy(asked.cellpy, asked.run), pynxtools(asked.pynxtools, asked.run), crate(asked.crate, asked.run)]
    failed = 0
    for check in checks:
        for what, good in check:
            failed += not good
            sys.stdout.write(f"{'ok  ' if good else 'FAIL'} {what}\n")
    return 1 if failed else 0


sys.exit(main())
