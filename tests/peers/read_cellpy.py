"""Run by an interpreter that has cellpy: cycles and steps of a record's CSV, as JSON.

Usage: python read_cellpy.py RUN_FOLDER
"""

import json
import logging
import sys
import warnings
from pathlib import Path

warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)

import cellpy  # noqa: E402


def main(folder: Path) -> None:
    csv = next(folder.glob("*_001.bdf.csv"))
    cell = cellpy.get(
        str(csv), instrument="custom", instrument_file=str(folder / "cellpy_bdf.yml"), mass=1.0, testing=True
    )
    json.dump(
        {
            "rows": len(cell.data.raw),
            "cycles": int(cell.get_number_of_cycles()),
            "steps": len(cell.data.steps),
            "largest_voltage_V": float(cell.data.raw["voltage"].max()),
            "last_time_s": float(cell.data.raw["test_time"].max()),
            "largest_current_A": float(cell.data.raw["current"].max()),
        },
        sys.stdout,
    )


main(Path(sys.argv[1]))
