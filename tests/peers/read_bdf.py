"""Run by an interpreter that has batterydf: what it reads from the CSV and the Parquet file of a record, as JSON.

Usage: python read_bdf.py RUN_FOLDER
"""

import json
import sys
import warnings
from pathlib import Path

warnings.simplefilter("ignore")

import bdf  # noqa: E402


def main(folder: Path) -> None:
    found = {}
    for path in sorted(folder.glob("*_001.bdf.*")):
        table = bdf.read(path)
        found[path.name] = {
            "rows": len(table),
            "first_voltage_V": float(table["Voltage / V"].iloc[0]),
            "last_voltage_V": float(table["Voltage / V"].iloc[-1]),
            "largest_current_A": float(table["Current / A"].max()),
            "longest_time_s": float(table["Test Time / s"].max()),
        }
    json.dump(found, sys.stdout)


main(Path(sys.argv[1]))
