"""The particle-size study: the same protocol on two batches, measured from what was recorded.

python examples/particle_size_study/run.py [--out DIR] [--batches fine coarse] [--seeds 11 12] [--beam DIR]

Exit code 0 if every measured value that has a limit of error keeps to it, 1 if one does not: then it is told which.
2 if something could not be run or measured.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from cells import measured_runs, told_plainly
from report import beam_page_of, write_study
from scoring import Score, scores
from specimens import Specimen


def main() -> int:
    """Run, measure, conclude."""
    asked = _arguments()
    beam = beam_page_of(asked.beam)
    names = _names(asked.batches)
    cells = [
        Specimen(batch, seed, asked.out / name)
        for batch, seed, name in zip(asked.batches, asked.seeds, names, strict=True)
    ]
    found = measured_runs(cells, asked.processes)
    runs = {name: (cell.folder, one) for name, cell, one in zip(names, cells, found, strict=True)}
    scored = [score for name in runs for score in scores(name, *runs[name])]
    page = write_study(asked.out, runs, asked.batches, scored, beam)
    print((asked.out / "conclusions.txt").read_text(encoding="utf-8"))
    print(page)
    told = out_of_limits(scored)
    if told:
        print(told, file=sys.stderr)
    return 1 if told else 0


def out_of_limits(scored: Sequence[Score]) -> str:
    """Which values are out of their limits of error, in a sentence; empty if none is."""
    out = [f"{one.quantity} of {one.batch} after {one.cycle} cycles" for one in scored if one.within is False]
    judged = sum(one.within is not None for one in scored)
    return f"{len(out)} of {judged} measured values are out of their limits of error: {'; '.join(out)}." if out else ""


def _names(batches: list[str]) -> list[str]:
    """What the two are called: two cells of one batch need different names."""
    return batches if len(set(batches)) == len(batches) else [f"{batch}-{n}" for n, batch in enumerate(batches, 1)]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("particle_size_study"))
    parser.add_argument("--batches", nargs=2, default=["fine", "coarse"])
    parser.add_argument("--seeds", nargs=2, type=int, default=[11, 12])
    parser.add_argument("--processes", type=int, default=2, help="cells that are run at a time")
    parser.add_argument("--beam", type=Path, help="folder of beam.py, to be shown in the report")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(told_plainly(main))
