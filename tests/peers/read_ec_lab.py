"""Run by an interpreter that has galvani and yadg: what they see in an `.mpt` file, as JSON.

Usage: python read_ec_lab.py FILE
"""

import json
import sys
import warnings
from pathlib import Path

warnings.simplefilter("ignore")

from galvani import BioLogic  # noqa: E402
from yadg.extractors.eclab.mpt import extract  # noqa: E402


def main() -> None:
    path = Path(sys.argv[1])
    with path.open("rb") as file:
        table, _ = BioLogic.MPTfile(file, encoding="cp1252")
    data = extract(path, encoding="cp1252", locale="en_GB", timezone="UTC").to_dataset()
    print(
        json.dumps(
            {
                "galvani": {name: [float(value) for value in table[name]] for name in table.dtype.names},
                "yadg": {"uts": data["uts"].values.tolist(), "voltage": data["Ewe"].values.tolist()},
            }
        )
    )


main()
