"""What goes wrong on the way of the box: a leak, a dead gauge, people who answer late, wrong or not at all.

    python tests/trials/journey.py                     prints the table
    python tests/trials/journey.py --write FILE        and writes it into a page of the documentation
    python tests/trials/journey.py --only leaks        troubles whose name contains this

Every run must end as declared, with cell, box and beam safe in the simulated world, which is asked and not the runner.
Exit code 1 if one does not; what is wrong is named.
"""

import argparse
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from support.journeys import Journey, travel
from support.troubles import TROUBLES

BEGIN, END = "<!-- troubles: begin -->\n", "<!-- troubles: end -->\n"
HEAD = ("in the phase", "what goes wrong", "the run", "ends in", "cell", "beam", "box")


def journey(index: int) -> Journey:
    """One of them."""
    with tempfile.TemporaryDirectory() as folder:
        return travel(TROUBLES[index], Path(folder) / "run")


def table(journeys: list[Journey]) -> str:
    """Markdown, one row for each."""
    rows = [HEAD, tuple("---" for _ in HEAD)]
    for one in journeys:
        ends = one.ending if one.ending == "completed" else f"ends: {one.reason.partition(': ')[0]}"
        rows.append((one.phase, one.trouble, ends, one.last_phase, one.cell, one.beam, one.box))
    return "\n".join(f"| {' | '.join(row)} |" for row in rows) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="")
    parser.add_argument("--write", type=Path)
    parser.add_argument("--processes", type=int, default=2)
    given = parser.parse_args()
    chosen = [index for index, trouble in enumerate(TROUBLES) if given.only in str(trouble)]
    with ProcessPoolExecutor(given.processes) as pool:
        journeys = list(pool.map(journey, chosen))
    text = table(journeys)
    print(text)
    broken = [one for one in journeys if one.violations]
    for one in broken:
        print(f"{one.trouble}, {one.phase}: {'; '.join(one.violations)}")
    print(f"{len(journeys)} journeys, {len(broken)} not as declared")
    if given.write:
        page = given.write.read_text(encoding="utf-8")
        before, _, rest = page.partition(BEGIN)
        given.write.write_text(before + BEGIN + text + END + rest.partition(END)[2], encoding="utf-8")
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()
