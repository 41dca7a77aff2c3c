"""Random experiments in virtual time: random protocols, random faults of wires and world, judged from outside.

    python tests/trials/chaos.py --count 1000            seeds 0 to 999, in parallel processes, and a table
    python tests/trials/chaos.py --seed 17 --keep DIR    one experiment again, its folder kept, run twice and compared

Exit code 1 if an invariant is broken; the seeds that break one are named, and replay exactly.
"""

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from support.experiments import Experiment, carry_out

from operando.drivers.clock import RealClock


def one(seed: int) -> Experiment:
    with tempfile.TemporaryDirectory() as folder:
        return carry_out(seed, Path(folder) / "run")


def many(seeds: range, processes: int) -> Iterator[Experiment]:
    with ProcessPoolExecutor(processes) as pool:
        for future in as_completed([pool.submit(one, seed) for seed in seeds]):
            yield future.result()


def replay(seed: int, keep: Path) -> Experiment:
    """Twice: a seed that fails must fail again in the same way."""
    first, again = (carry_out(seed, keep / f"{seed}" / time / "run") for time in ("first", "again"))
    if first.digest != again.digest:
        print("the second time the record is another one")
        sys.exit(1)
    return first


def print_table(done: list[Experiment], seconds: float) -> None:
    endings = Counter(f"{experiment.ending}, exit code {experiment.exit_code}" for experiment in done)
    kinds = Counter(mishap.split(" at ")[0].split(" leaks")[0] for e in done for mishap in e.mishaps)
    print(f"{len(done)} experiments, {sum(e.hours for e in done):.0f} h of experiment in {seconds:.0f} s")
    print(
        f"{sum(e.pictures for e in done)} pictures, {sum(e.not_taken for e in done)} captures not taken, with reasons"
    )
    for title, counts in (("how they ended", endings), ("what went wrong", kinds)):
        print(title)
        for what, count in sorted(counts.items()):
            print(f"  {count:6d}  {what}")
    broken = [experiment for experiment in done if experiment.violations]
    print(f"invariants broken: {len(broken)}")
    for experiment in sorted(broken, key=lambda experiment: experiment.seed):
        print(f"  seed {experiment.seed}: {'; '.join(experiment.violations)}")
        print(f"    ended {experiment.ending}: {experiment.reason}")
        for mishap in experiment.mishaps:
            print(f"    {mishap}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--keep", type=Path, default=Path("chaos"))
    arguments = parser.parse_args()
    clock = RealClock()
    if arguments.seed is not None:
        done = [replay(arguments.seed, arguments.keep)]
    else:
        done = list(many(range(arguments.first, arguments.first + arguments.count), arguments.processes))
    print_table(done, clock.now())
    sys.exit(1 if any(experiment.violations for experiment in done) else 0)


if __name__ == "__main__":
    main()
