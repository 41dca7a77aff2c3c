"""Does the pattern hold for cells that were never looked at? The study again and again, each time with other seeds.

python examples/particle_size_study/seeds.py --count 20 [--first-seed 7000] [--out DIR] [--processes 2]

What a pair of cells has shown is kept in the folder at once: the same command goes on where it was stopped, and a
larger count adds pairs. Exit code 1 if the pattern does not hold in all pairs but one in twenty.
"""

import argparse
import json
import shutil
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from cells import measured_runs, told_plainly
from measuring import Measurements
from specimens import Specimen
from verdict import compared, contact_loss, tortuosity

__all__ = ["EXPECTED", "Outcome", "failures", "outcome_of"]

EXPECTED = {
    "electrochemical decay": "first",
    "short circuit": "first",
    "loss of contact at the lithium": "first",
    "interphase on the NMC (thickness x contrast)": "first",
    "tortuosity of cracks": "second",
}
"""What more of is expected in the first (fine) and in the second (coarse) cell of a pair."""
_ALLOWED = 0.05


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a pair of cells has shown.

    Args:
        broken: what of the pattern was not found, in words.
        numbers: on which that rests, in words.
    """

    seed: int
    broken: list[str]
    numbers: str


def main() -> int:
    """Run pairs of cells of both batches, and count how often the pattern holds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--first-seed", type=int, default=7000)
    parser.add_argument("--out", type=Path, default=Path("particle_size_seeds"))
    parser.add_argument("--keep", action="store_true", help="keep the records")
    parser.add_argument("--processes", type=int, default=2, help="cells that are run at a time")
    asked = parser.parse_args()
    held = 0
    for number in range(asked.count):
        one = outcome_of(asked.first_seed + 2 * number, asked.out, keep=asked.keep, processes=asked.processes)
        held += not one.broken
        told = "; ".join(one.broken) or "the pattern holds"
        print(f"{number + 1}: seeds {one.seed} and {one.seed + 1}: {told}; {one.numbers}", flush=True)
    print(f"the pattern holds in {held} of {asked.count}")
    return 0 if asked.count - held <= _ALLOWED * asked.count else 1


def outcome_of(seed: int, out: Path, *, keep: bool, processes: int) -> Outcome:
    """What a pair of cells shows, from its file if it was run before."""
    kept = out / f"{seed}.json"
    if kept.is_file():
        return Outcome(**json.loads(kept.read_text(encoding="utf-8")))
    cells = [
        Specimen(batch, seed + index, out / f"{batch}-{seed + index}") for index, batch in enumerate(("fine", "coarse"))
    ]
    fine, coarse = measured_runs(cells, processes)
    one = Outcome(seed, failures(fine, coarse), _numbers(fine, coarse))
    kept.write_text(json.dumps(asdict(one), indent=1) + "\n", encoding="utf-8")
    if not keep:
        for cell in cells:
            shutil.rmtree(cell.folder)
    return one


def failures(fine: Measurements, coarse: Measurements) -> list[str]:
    """What of the pattern was not found, in words; an opposite finding and none at all both count."""
    found = {finding.question: finding.more for finding in compared(fine, coarse)}
    return [f"{question}: {found[question]}" for question, more in EXPECTED.items() if found[question] != more]


def _numbers(fine: Measurements, coarse: Measurements) -> str:
    losses = [contact_loss(one.contact) for one in (fine, coarse)]
    lost = ", ".join(f"{loss.value:.3f} +- {loss.uncertainty:.3f}" for loss in losses)
    winding = ", ".join(f"{tortuosity(one.cracks).value:.3f}" for one in (fine, coarse))
    return f"contact lost {lost}; tortuosity {winding}"


if __name__ == "__main__":
    sys.exit(told_plainly(main))
