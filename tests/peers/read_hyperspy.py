"""Run by an interpreter that has HyperSpy, exSpy and RosettaSciIO: what they see in a record, as JSON.

Usage: python read_hyperspy.py RUN_FOLDER
"""

import json
import sys
import warnings
from pathlib import Path

warnings.simplefilter("ignore")

import hyperspy.api as hs  # noqa: E402


def described(signal: hs.signals.BaseSignal, file: str) -> dict[str, object]:
    axes = [[axis.name, axis.size, axis.scale, axis.offset, str(axis.units)] for axis in signal.axes_manager._axes]
    return {
        "file": file,
        "title": signal.metadata.General.title,
        "class": type(signal).__name__,
        "signal_dimension": signal.axes_manager.signal_dimension,
        "axes": axes,
        "sum": float(signal.data.sum()),
        "sums": signal.data.reshape(signal.data.shape[0], -1).sum(axis=1).tolist() if signal.data.ndim > 1 else [],
        "path": signal.metadata.get_item("General.original_filename"),
        "beam_energy_keV": signal.metadata.get_item("Acquisition_instrument.SEM.beam_energy"),
        "live_time_s": signal.metadata.get_item("Acquisition_instrument.SEM.Detector.EDS.live_time"),
    }


def main(folder: Path) -> None:
    loaded = hs.load(str(folder / "run.nxs"), nxdata_only=True, lazy=False)
    found = [described(signal, "run.nxs") for signal in (loaded if isinstance(loaded, list) else [loaded])]
    found += [described(hs.load(str(path)), path.name) for path in sorted(folder.glob("spectra/*.msa"))]
    json.dump(found, sys.stdout)


main(Path(sys.argv[1]))
