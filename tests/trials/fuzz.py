"""Mutated recordings of every protocol, replayed to its driver in virtual time, as a table.

    python tests/trials/fuzz.py --count 10000         of each protocol
    python tests/trials/fuzz.py --write FILE          and writes it as a page of the documentation
    python tests/trials/fuzz.py --only SharkSEM --seed 17    one mutation again

Exit code 1 if a driver hangs, raises what is no error of ours, or believes what it should have refused.
"""

import argparse
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from support.wires import PROBES
from support.wires.fuzz import Fuzzed, Recorded, fuzzed, recorded

BATCH = 250
PAGE = """# Mutated recordings

A question to each simulated instrument is recorded from the first byte on; in its replies something is then changed
at random (bits, bytes and digits changed, parts lost, doubled, inserted, cut, swapped, late, split), and the recording
is replayed to the driver. Right data, or an error of operando, within the deadline: nothing else may come of it.
`not believed` are readings that the driver marks as a fault. `as the wire said` are changed values in a form that
nothing could tell from a right one: these protocols have no checksum. Where each message has one, that never happens,
but for a whole reply that came twice on a line where no reply tells its question (Modbus RTU).
BioLogic, which is behind its vendor's library, and the growing files of potentiostats that are only watched have no
wire of ours, so they have no row.

Made by `python tests/trials/fuzz.py --count {count} --write docs/fuzz.md`: {total} mutations, {defects} defects.

{table}
"""


@cache
def recording(index: int) -> Recorded:
    """Once in each process."""
    return recorded(PROBES[index])


def batch(index: int, first: int, count: int) -> list[Fuzzed]:
    """Some mutations of one protocol."""
    return [fuzzed(recording(index), seed) for seed in range(first, first + count)]


def table(found: dict[int, list[Fuzzed]]) -> str:
    """Protocols down, outcomes across."""
    outcomes = sorted({one.outcome for many in found.values() for one in many if not one.defect})
    header = ["protocol", "mutations", *outcomes, "defects"]
    lines = ["| " + " | ".join(header) + " |", "| --- " * len(header) + "|"]
    for index, many in found.items():
        counts = Counter(one.outcome for one in many if not one.defect)
        defects = sum(bool(one.defect) for one in many)
        row = [PROBES[index].protocol, len(many), *(counts[outcome] for outcome in outcomes), defects]
        lines.append("| " + " | ".join(map(str, row)) + " |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--only", default="")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--write", type=Path)
    parser.add_argument("--processes", type=int, default=2)
    given = parser.parse_args()
    chosen = [index for index, probe in enumerate(PROBES) if given.only in probe.protocol]
    first, count = (0, given.count) if given.seed is None else (given.seed, 1)
    with ProcessPoolExecutor(given.processes) as pool:
        jobs = {
            index: [
                pool.submit(batch, index, start, min(BATCH, first + count - start))
                for start in range(first, first + count, BATCH)
            ]
            for index in chosen
        }
        found = {index: [one for job in many for one in job.result()] for index, many in jobs.items()}
    text = table(found)
    print(text)
    defects = [(PROBES[index].protocol, one) for index, many in found.items() for one in many if one.defect]
    for protocol, one in defects:
        print(f"{protocol}, seed {one.seed}: {one.outcome}: {one.defect}")
    total = sum(map(len, found.values()))
    print(f"{total} mutations, {len(defects)} defects")
    if given.write:
        given.write.write_text(
            PAGE.format(count=given.count, total=total, defects=len(defects), table=text), encoding="utf-8"
        )
    sys.exit(1 if defects else 0)


if __name__ == "__main__":
    main()
