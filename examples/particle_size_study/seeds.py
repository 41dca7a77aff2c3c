"""Does the pattern hold for cells that were never looked at? The study again and again, each time with other seeds.

python examples/particle_size_study/seeds.py --count 20 [--first-seed 5000] [--out DIR]

Exit code 1 if the pattern does not hold in all pairs but one in twenty.
"""

import argparse
import shutil
import sys
from pathlib import Path

from measuring import Measurements
from run import Specimen, measured_runs
from verdict import compared, contact_loss, tortuosity

EXPECTED = {
    "electrochemical decay": "first",
    "short circuit": "first",
    "loss of contact at the lithium": "first",
    "interphase on the NMC (thickness x contrast)": "first",
    "tortuosity of cracks": "second",
}
"""What more of is expected in the first (fine) and in the second (coarse) cell of a pair."""
_ALLOWED = 0.05


def main() -> int:
    """Run pairs of cells of both batches, and count how often the pattern holds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--first-seed", type=int, default=5000)
    parser.add_argument("--out", type=Path, default=Path("particle_size_seeds"))
    parser.add_argument("--keep", action="store_true", help="keep the records")
    asked = parser.parse_args()
    held = 0
    for number in range(asked.count):
        seed = asked.first_seed + 2 * number
        cells = [
            Specimen(batch, seed + index, asked.out / f"{batch}-{seed + index}")
            for index, batch in enumerate(("fine", "coarse"))
        ]
        fine, coarse = measured_runs(cells)
        if not asked.keep:
            for cell in cells:
                shutil.rmtree(cell.folder)
        broken = failures(fine, coarse)
        held += not broken
        print(
            f"seeds {seed} and {seed + 1}: {'; '.join(broken) or 'the pattern holds'}; {_numbers(fine, coarse)}",
            flush=True,
        )
    print(f"the pattern holds in {held} of {asked.count}")
    return 0 if asked.count - held <= _ALLOWED * asked.count else 1


def failures(fine: Measurements, coarse: Measurements) -> list[str]:
    """What of the pattern was not found, in words; an opposite finding and none at all both count."""
    found = {finding.question: finding.more for finding in compared(fine, coarse)}
    return [f"{question}: {found[question]}" for question, more in EXPECTED.items() if found[question] != more]


def _numbers(fine: Measurements, coarse: Measurements) -> str:
    lost = ", ".join(f"{contact_loss(one.contact).value:.2f}" for one in (fine, coarse))
    winding = ", ".join(f"{tortuosity(one.cracks).value:.3f}" for one in (fine, coarse))
    return f"contact lost {lost}; tortuosity {winding}"


if __name__ == "__main__":
    sys.exit(main())
