"""Run by an interpreter that has silx: the default plot of a record's `run.nxs`, as JSON.

Usage: python read_silx.py RUN_FOLDER
"""

import json
import sys
from pathlib import Path

import h5py
import silx.io
from silx.io.nxdata import NXdata, get_default


def groups(group: h5py.Group) -> list[h5py.Group]:
    found = []
    for name in group:
        child = group[name]
        if silx.io.is_group(child):
            found += [child, *groups(child)]
    return found


def main(folder: Path) -> None:
    with silx.io.open(str(folder / "run.nxs")) as file:
        default = get_default(file)
        data = [NXdata(group) for group in groups(file) if group.attrs.get("NX_class") == "NXdata"]
        json.dump(
            {
                "default_signal": default.signal_name,
                "default_is_curve": default.is_curve,
                "points": int(default.signal.shape[0]),
                "first_voltage_V": float(default.signal[0]),
                "last_time_s": float(default.axes[0][-1]),
                "invalid": [item.group.name for item in data if not item.is_valid],
                "stacks": [item.group.name for item in data if item.is_valid and item.interpretation == "image"],
            },
            sys.stdout,
        )


main(Path(sys.argv[1]))
