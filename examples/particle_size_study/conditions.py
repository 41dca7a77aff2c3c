"""How the study changes with stack pressure and temperature: every cell once more under each of them.

python examples/particle_size_study/conditions.py [--pressures 1 3] [--temperatures 25 60] [--out DIR]
"""

import argparse
import sys
from pathlib import Path

from cells import measured_runs, told_plainly
from measuring import Measurements
from specimens import Specimen
from truth import Holder
from verdict import contact_loss, filaments_in

_CELSIUS_K = 273.15


def main() -> int:
    """Run all combinations of both batches and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("particle_size_conditions"))
    parser.add_argument("--pressures", nargs="+", type=float, default=[1.0, 3.0], help="MPa")
    parser.add_argument("--temperatures", nargs="+", type=float, default=[25.0], help="degC")
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--processes", type=int, default=2, help="cells that are run at a time")
    asked = parser.parse_args()
    cells = [
        Specimen(batch, asked.seed, asked.out / f"{batch}-{asked.seed}_{held}", Holder(pressure, degC + _CELSIUS_K))
        for pressure in asked.pressures
        for degC in asked.temperatures
        for held in (f"{pressure:g}MPa_{degC:g}C",)
        for batch in ("fine", "coarse")
    ]
    print("| cell | contact lost | filaments | short | last discharge |\n|" + " --- |" * 5)
    for cell, found in zip(cells, measured_runs(cells, asked.processes), strict=True):
        print(_row(cell.folder.name, found))
    return 0


def _row(name: str, found: Measurements) -> str:
    lost, length, short_s = contact_loss(found.contact), filaments_in(found.filaments).length_m, found.shorts.soft_s
    filaments = f"{length.value * 1e6:.0f} um" if length.detectable else "not detectable"
    short = "none" if short_s is None else f"{short_s / 3600:.0f} h"
    last = found.cycles[-1].discharge_C.value / 3.6 if found.cycles else float("nan")
    return f"| {name} | {lost.value:.2f} +- {lost.uncertainty:.2f} | {filaments} | {short} | {last:.2f} mAh |"


if __name__ == "__main__":
    sys.exit(told_plainly(main))
