"""The shipped damage series on simulated specimens whose true threshold is known: what `operando dose propose` finds.

    python tests/trials/damage.py                     prints the table
    python tests/trials/damage.py --write FILE        and writes it into a page of the documentation
    python tests/trials/damage.py --seeds 4 5         specimens of these seeds only

Each seed draws another specimen and another threshold. A run with the proposed budget then goes on exposing one region
of the same specimen, fresh, for as long as it may. Exit code 1 where the dose that was found is further from the true
one than a factor of 1.5, or where that run has damaged its region.
"""

import argparse
import contextlib
import io
import json
import math
import random
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from support.exposed_run import absorbed_under
from support.focus_runs import bench_in_world

from operando.protocols.cli.dose import propose_dose
from operando.protocols.record import read_frames
from operando.protocols.shipped import shipped_text

BEGIN, END = "<!-- series: begin -->\n", "<!-- series: end -->\n"
HEAD = (
    "specimen",
    "threshold, absorbed",
    "true, at the region",
    "found",
    "found / true",
    "proposed / true",
    "run / threshold",
)
SEEDS = tuple(range(14, 24))
LEAST_C_PER_M2, MOST_C_PER_M2 = 250.0, 750.0
WITHIN = 1.5
MOST_EXPOSED = "spot 10"


@dataclass(frozen=True, slots=True)
class Series:
    """One series, judged by its simulated world.

    Args:
        specimen: preset and seed.
        threshold_C_per_m2: absorbed dose from which on it blisters.
        true_C_per_m2: incident dose of a region at which its middle has absorbed that.
        found_C_per_m2, proposed_C_per_m2: what the command says; NaN if no change was seen.
        absorbed_C_per_m2: by the region of a run with the proposed budget.
    """

    specimen: str
    threshold_C_per_m2: float
    true_C_per_m2: float
    found_C_per_m2: float
    proposed_C_per_m2: float
    absorbed_C_per_m2: float

    @property
    def good(self) -> bool:
        """Whether the dose is within the factor, and the run stays below the threshold."""
        near = 1 / WITHIN < self.found_C_per_m2 / self.true_C_per_m2 < WITHIN
        return near and self.absorbed_C_per_m2 < self.threshold_C_per_m2


def series(seed: int, folder: Path) -> Series:
    """Run it, and ask the command."""
    preset = ("fine", "coarse")[seed % 2]
    low, high = math.log(LEAST_C_PER_M2), math.log(MOST_C_PER_M2)
    threshold_C_per_m2 = round(math.exp(random.Random(seed).uniform(low, high)))
    bench = bench_in_world(folder, preset=preset, seed=seed, damage_C_per_m2=threshold_C_per_m2)
    outcome = bench.run(shipped_text("damage_series"), folder / "run")
    if outcome.exit_code:
        raise RuntimeError(f"{preset} {seed}: {outcome.reason}")
    last = [frame for frame in read_frames(folder / "run") if frame.region == MOST_EXPOSED][-1]
    absorbed_C_per_m2 = bench.world.specimen.dose.at(last.stage_x_m, last.stage_y_m)
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        propose_dose(folder / "run", None, json=True)
    told = json.loads(said.getvalue())
    found = [one["dose_C_per_m2"] for one in told["by_detector"].values() if one["dose_C_per_m2"]]
    true_C_per_m2 = threshold_C_per_m2 * last.dose_C_per_m2 / absorbed_C_per_m2
    budget = f"dose: {{anode: {told['proposed_C_per_m2']} C/m^2}}"
    (later := folder / "later").mkdir()
    absorbed_later_C_per_m2 = absorbed_under(
        budget, later, preset=preset, seed=seed, damage_C_per_m2=threshold_C_per_m2
    )
    return Series(
        f"{preset}, seed {seed}",
        threshold_C_per_m2,
        true_C_per_m2,
        min(found, default=math.nan),
        told["proposed_C_per_m2"],
        absorbed_later_C_per_m2,
    )


def table(found: list[Series]) -> str:
    """Markdown, one row for each; doses in C/m^2."""
    rows = [HEAD, tuple("---" for _ in HEAD)]
    rows += [
        (
            one.specimen,
            f"{one.threshold_C_per_m2:.0f} C/m^2",
            f"{one.true_C_per_m2:.0f} C/m^2",
            f"{one.found_C_per_m2:.0f} C/m^2",
            f"{one.found_C_per_m2 / one.true_C_per_m2:.2f}",
            f"{one.proposed_C_per_m2 / one.true_C_per_m2:.2f}",
            f"{one.absorbed_C_per_m2 / one.threshold_C_per_m2:.2f}",
        )
        for one in found
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, nargs="+", default=SEEDS)
    parser.add_argument("--write", type=Path)
    given = parser.parse_args()
    found: list[Series] = []
    for seed in given.seeds:
        with tempfile.TemporaryDirectory() as folder:
            found.append(series(seed, Path(folder)))
        print(table(found[-1:]).splitlines()[-1], flush=True)
    text = table(found)
    print(text)
    wrong = [one.specimen for one in found if not one.good]
    print(f"{len(found)} series, {len(wrong)} off by more than {WITHIN:g} or with a budget too high: {wrong}")
    if given.write:
        page = given.write.read_text(encoding="utf-8")
        before, _, rest = page.partition(BEGIN)
        given.write.write_text(before + BEGIN + text + END + rest.partition(END)[2], encoding="utf-8")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
