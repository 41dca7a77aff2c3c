"""The particle-size study: the same protocol on two batches, measured from what was recorded.

python examples/particle_size_study/run.py [--out DIR] [--batches fine coarse] [--seeds 11 12] [--processes 2]
"""

import argparse
import sys
from pathlib import Path

from cells import measured_runs, told_plainly
from measuring import Measurements
from report import write_study
from scoring import scores
from specimens import Specimen
from verdict import contact_loss


def main() -> int:
    """Run, measure, conclude."""
    asked = _arguments()
    names = _names(asked.batches)
    cells = [
        Specimen(batch, seed, asked.out / name)
        for batch, seed, name in zip(asked.batches, asked.seeds, names, strict=True)
    ]
    found = measured_runs(cells, asked.processes)
    runs = {name: (cell.folder, one) for name, cell, one in zip(names, cells, found, strict=True)}
    scored = [score for name in runs for score in scores(name, *runs[name])]
    page = write_study(
        asked.out, runs, asked.batches, scored, " ".join(_beam(name, one) for name, (_, one) in runs.items())
    )
    print((asked.out / "conclusions.txt").read_text(encoding="utf-8"))
    print(page)
    return 0


def _beam(name: str, found: Measurements) -> str:
    """What was lost where the beam came only at the start and the end, beside what was lost under it."""
    away, under = contact_loss(found.control[-1:]), contact_loss(found.contact)
    return (
        f"In the control field of {name}, without the beam in between, {away.value:.2f} +- {away.uncertainty:.2f} of "
        f"the contact was lost, under the beam {under.value:.2f} +- {under.uncertainty:.2f}."
    )


def _names(batches: list[str]) -> list[str]:
    """What the two are called: two cells of one batch need different names."""
    return batches if len(set(batches)) == len(batches) else [f"{batch}-{n}" for n, batch in enumerate(batches, 1)]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("particle_size_study"))
    parser.add_argument("--batches", nargs=2, default=["fine", "coarse"])
    parser.add_argument("--seeds", nargs=2, type=int, default=[11, 12])
    parser.add_argument("--processes", type=int, default=2, help="cells that are run at a time")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(told_plainly(main))
