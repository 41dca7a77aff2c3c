"""What the beam itself did: one cell twice, looked at all along and only when fresh and at the end.

python examples/particle_size_study/beam.py [--batch coarse] [--seed 11] [--out DIR]

What was found is printed and written to `beam.md` in the folder; `run.py --beam DIR` shows it in the study's report.
"""

import argparse
import io
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from cells import measured_runs, told_plainly
from measuring import Measurements
from report import BEAM_PAGE, sentences
from ruamel.yaml import YAML
from specimens import PROTOCOL, Specimen
from verdict import compared, modes

from operando.protocols import open_run

__all__ = ["beam_page", "without_beam"]

_NAMES = ("the cell under the beam", "the spared cell")


def main() -> int:
    """Run the pair and say what differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("particle_size_beam"))
    parser.add_argument("--batch", default="coarse")
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--processes", type=int, default=2, help="cells that are run at a time")
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    spared = asked.out / "without_beam.yaml"
    spared.write_text(without_beam(PROTOCOL.read_text(encoding="utf-8")), encoding="utf-8")
    pair = [
        Specimen(asked.batch, asked.seed, asked.out / f"{asked.batch}-{asked.seed}_{name}", protocol=protocol)
        for name, protocol in (("with", PROTOCOL), ("without", spared))
    ]
    found = measured_runs(pair, asked.processes)
    told = beam_page(f"{asked.batch}, seed {asked.seed}", found, [_doses(cell.folder) for cell in pair])
    (asked.out / BEAM_PAGE).write_text(told, encoding="utf-8")
    print(told)
    return 0


def beam_page(cell: str, found: Sequence[Measurements], doses: Sequence[Mapping[str, float]]) -> str:
    """What both runs of a cell have shown, under the beam first, in Markdown: sentences, and the dose of each region.

    Args:
        cell: which one it was, in words.
        doses: of the regions by name, in C/m2, for each of the runs.
    """
    under, spared = found
    told = sentences(_NAMES, compared(under, spared), (modes(under), modes(spared)))
    lines = [f"One cell ({cell}) twice: looked at all along, and spared between the first cycle and the last.", *told]
    rows = [f"| {region} | {_dose(doses[0], region)} | {_dose(doses[1], region)} |" for region in sorted(doses[0])]
    table = ["| region | dose under the beam | dose of the spared cell |", "| --- | --- | --- |", *rows]
    return "\n\n".join(["# What the beam itself did (simulated)", *lines, "\n".join(table)]) + "\n"


def without_beam(text: str) -> str:
    """The protocol without what is looked at between the first cycle and the last."""
    yaml = YAML(typ="rt")
    data = yaml.load(text)
    steps = data["cycling"]
    loops = [number for number, step in enumerate(steps) if "repeat" in step]
    for number in reversed(range(loops[0], loops[-1])):
        if "capture" in steps[number]:
            del steps[number]
    written = io.StringIO()
    yaml.dump(data, written)
    return written.getvalue()


def _doses(folder: Path) -> dict[str, float]:
    """What each region has taken in C/m2, as the run booked it."""
    doses: dict[str, float] = {}
    for one in open_run(folder).exposures:
        if one.region:
            doses[one.region] = doses.get(one.region, 0.0) + one.dose_C_per_m2
    return doses


def _dose(doses: Mapping[str, float], region: str) -> str:
    return f"{doses[region]:.2g} C/m2" if region in doses else "not looked at"


if __name__ == "__main__":
    sys.exit(told_plainly(main))
