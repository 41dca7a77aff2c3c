"""The fault matrix: every rule on every protocol, on each message of a question, as a table.

    python tests/trials/faults.py                     prints the table
    python tests/trials/faults.py --write FILE        and writes it as a page of the documentation
    python tests/trials/faults.py --only SharkSEM     protocols whose name contains this

Exit code 1 if a promise is broken anywhere; the cells that break one are named.
"""

import argparse
import sys
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from itertools import groupby
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from support.wires import PROBES, Cell, WireProbe, cell, replies_of, rules

MOST_MESSAGES = 6
"""Of one question: a picture or a step has many that are alike."""

PAGE = """# Faults on the wires

Every rule of `operando.simulators.faults` on every protocol, through the driver, in virtual time. The fault hits one
message of a question (the first to the sixth in turn); then the same question is asked again. A cell names what
came of the first: `right`, or the errors. Everywhere the answer or the error came by the deadline, no wrong value was
accepted, and **the next exchange was right**; where it is not so, the cell says `WRONG`. A dash stands where a wire
cannot have such a fault; the last rules are about the header of Modbus TCP alone.
BioLogic, which is behind its vendor's library, and the growing files of potentiostats that are only watched have no
wire of ours, so they have no column.

Made by `python tests/trials/faults.py --write docs/fault_matrix.md`: {cells} cells, {defects} broken promises.

{table}
"""


def all_cells(index: int) -> list[Cell]:
    """Every cell of one protocol."""
    probe: WireProbe = PROBES[index]
    messages = range(1, min(replies_of(probe), MOST_MESSAGES) + 1)
    return [cell(probe, rule, message) for rule in rules(probe) for message in messages]


def table(cells: list[Cell]) -> str:
    """Rules down, protocols across."""
    protocols = list(dict.fromkeys(found.protocol for found in cells))
    outcomes: dict[tuple[str, str], set[str]] = defaultdict(set)
    for found in cells:
        outcomes[found.rule, found.protocol].add("WRONG" if found.defect else found.first)
    names = list(dict.fromkeys(found.rule for found in cells))
    lines = ["| rule | " + " | ".join(protocols) + " |", "| --- " * (len(protocols) + 1) + "|"]
    for rule in names:
        row = [", ".join(sorted(outcomes[rule, protocol], key=_right_first)) or "-" for protocol in protocols]
        lines.append(f"| {rule} | " + " | ".join(row) + " |")
    return "\n".join(lines)


def _right_first(outcome: str) -> tuple[bool, str]:
    return outcome != "right", outcome


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="")
    parser.add_argument("--write", type=Path)
    parser.add_argument("--processes", type=int, default=2)
    given = parser.parse_args()
    chosen = [index for index, probe in enumerate(PROBES) if given.only in probe.protocol]
    with ProcessPoolExecutor(given.processes) as pool:
        cells = [found for cells in pool.map(all_cells, chosen) for found in cells]
    broken = [found for found in cells if found.defect]
    text = table(cells)
    print(text)
    for protocol, found in groupby(broken, key=lambda found: found.protocol):
        print(f"\n{protocol}:")
        for one in found:
            print(f"  {one.rule}, message {one.message}: {one.first} after {one.seconds:.1f} s; next: {one.next}")
    print(f"\n{len(cells)} cells, {len(broken)} broken promises")
    if given.write:
        given.write.write_text(PAGE.format(cells=len(cells), defects=len(broken), table=text), encoding="utf-8")
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()
