"""Open a record with the programs of others, and insist on what they see.

    python tests/peers/check_record.py RUN --readers PYTHON [--cellpy PYTHON]

`--readers` is an interpreter that has hyperspy, exspy, rosettasciio, nexusformat, silx and `batterydf<0.2`;
`--cellpy` one that has cellpy 1.0.3, which needs older packages than the others. Prints one line for each check; exit 1
if one fails.
"""

import argparse
import json
import subprocess
import sys
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


def hyperspy(python: Path, folder: Path) -> Found:
    signals = seen_by(python, "read_hyperspy.py", folder)
    assert isinstance(signals, list)
    pictures = [signal for signal in signals if signal["signal_dimension"] == 2]
    spectra = [signal for signal in signals if any(axis[0] == "axis_energy" for axis in signal["axes"])]
    texts = [signal for signal in signals if signal["file"].endswith(".msa")]
    yield "HyperSpy: there are pictures", bool(pictures)
    yield "HyperSpy: pictures are Signal2D, not EDS", all(signal["class"] == "Signal2D" for signal in pictures)
    scaled = [axis for signal in pictures for axis in signal["axes"][1:]]
    yield "HyperSpy: pictures have a scale in um", all(axis[4] == "um" and 0 < axis[2] < 10 for axis in scaled)
    yield "HyperSpy: no picture is empty", all(signal["sum"] > 0 for signal in pictures)
    yield "HyperSpy: spectra are EDSSEMSpectrum", all(signal["class"] == "EDSSEMSpectrum" for signal in spectra)
    yield "HyperSpy: spectra know the beam energy", all(0 < signal["beam_energy_keV"] <= 30 for signal in spectra)
    yield "HyperSpy: spectra know the live time", all(signal["live_time_s"] > 0 for signal in spectra)
    yield "HyperSpy: .msa are EDSSEMSpectrum", all(signal["class"] == "EDSSEMSpectrum" for signal in texts)
    listed = sum("point" in line.split(",") for line in (folder / "spectra.csv").read_text().splitlines())
    yield f"HyperSpy: all {listed} .msa are read", len(texts) == listed


def silx(python: Path, folder: Path) -> Found:
    plots = seen_by(python, "read_silx.py", folder)
    assert isinstance(plots, dict)
    yield "silx: the default plot is the voltage", plots["default_signal"] == "Voltage / V"
    yield "silx: as a curve", plots["default_is_curve"] is True
    yield "silx: every NXdata is valid", plots["invalid"] == []
    yield "silx: the stacks are pictures", bool(plots["stacks"])


def nexus(python: Path, folder: Path) -> Found:
    for options in ([], ["-p", "/entry"]):
        done = run(python.with_name("nxvalidate"), "-e", *options, folder / "run.nxs")
        name = " ".join(["nxvalidate -e", *options])
        yield f"{name}: NXem, 0 errors", "Total number of errors: 0" in done.stdout + done.stderr


def bdf(python: Path, folder: Path) -> Found:
    for path in sorted(folder.glob("*.bdf.*")):
        done = run(python.with_name("bdf"), "validate", path)
        yield f"bdf validate {path.name}", done.returncode == 0 and "validation passed" in done.stdout


def cellpy(python: Path, folder: Path) -> Found:
    cell = seen_by(python, "read_cellpy.py", folder)
    assert isinstance(cell, dict)
    rows = sum(1 for _ in next(folder.glob("*_001.bdf.csv")).open()) - 1
    yield f"cellpy: all {rows} rows", cell["rows"] == rows
    yield f"cellpy: {cell['cycles']} cycles, {cell['steps']} steps", cell["cycles"] >= 1 and cell["steps"] >= 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path)
    parser.add_argument("--readers", type=Path, required=True)
    parser.add_argument("--cellpy", type=Path)
    asked = parser.parse_args()
    checks = [check(asked.readers, asked.run) for check in (hyperspy, silx, nexus, bdf)]
    if asked.cellpy:
        checks.append(cellpy(asked.cellpy, asked.run))
    failed = 0
    for check in checks:
        for what, good in check:
            failed += not good
            sys.stdout.write(f"{'ok  ' if good else 'FAIL'} {what}\n")
    return 1 if failed else 0


sys.exit(main())
