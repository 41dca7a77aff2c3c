"""What the beam itself did: one cell twice, looked at all along and only when fresh and at the end.

python examples/particle_size_study/beam.py [--batch coarse] [--seed 11] [--out DIR]
"""

import argparse
import io
import sys
from pathlib import Path

from cells import measured_runs, told_plainly
from report import sentences
from ruamel.yaml import YAML
from specimens import PROTOCOL, Specimen
from verdict import compared, modes

from operando.protocols import open_run

__all__ = ["without_beam"]


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
    names = ("the cell under the beam", "the spared cell")
    told = sentences(names, compared(*found), tuple(modes(one) for one in found))
    told += [f"{name}: {_dose(cell.folder)}." for name, cell in zip(names, pair, strict=True)]
    print("\n".join(told))
    return 0


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


def _dose(folder: Path) -> str:
    """What each region has taken, as the run booked it."""
    doses: dict[str, float] = {}
    for one in open_run(folder).exposures:
        if one.region:
            doses[one.region] = doses.get(one.region, 0.0) + one.dose_C_per_m2
    return ", ".join(f"{dose:.2g} C/m2 on {region}" for region, dose in sorted(doses.items()))


if __name__ == "__main__":
    sys.exit(told_plainly(main))
