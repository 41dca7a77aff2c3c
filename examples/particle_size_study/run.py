"""The particle-size study: the same protocol on two batches, measured from what was recorded.

python examples/particle_size_study/run.py [--out DIR] [--batches fine coarse] [--seeds 11 12]
"""

import argparse
import io
import sys
from pathlib import Path

from measuring import Measurements, measure_run
from report import write_study
from ruamel.yaml import YAML
from scoring import scores
from verdict import contact_loss

from operando.drivers.bench.open import bench_source
from operando.drivers.documents import read_document
from operando.protocols.cli.launch import Launch
from operando.protocols.document import load_protocol

PROTOCOL = Path(__file__).with_name("study.yaml")


def main() -> int:
    """Run, measure, conclude; exit code 1 if a run could not be measured."""
    asked = _arguments()
    runs: dict[str, tuple[Path, Measurements]] = {}
    scored = []
    for batch, seed, name in zip(asked.batches, asked.seeds, _names(asked.batches), strict=True):
        folder = asked.out / name
        if not (folder / "SHA256SUMS").is_file():
            record(batch, seed, folder, asked.out)
        runs[name] = (folder, measure_run(folder))
        scored += scores(name, *runs[name])
    page = write_study(asked.out, runs, scored, " ".join(_beam(name, found) for name, (_, found) in runs.items()))
    print((asked.out / "conclusions.txt").read_text(encoding="utf-8"))
    print(page)
    return 0


def _beam(name: str, found: Measurements) -> str:
    """What was lost where the beam came only at the start and the end, beside what was lost under it."""
    away, under = contact_loss(found.control), contact_loss(found.contact)
    return (
        f"In the control field of {name}, without the beam in between, {away.value:.2f} +- {away.uncertainty:.2f} of "
        f"the contact was lost, under the beam {under.value:.2f} +- {under.uncertainty:.2f}."
    )


def record(batch: str, seed: int, folder: Path, where: Path) -> None:
    """Run the protocol on a simulated bench with a cell of a batch."""
    where.mkdir(parents=True, exist_ok=True)
    bench = where / f"bench_{folder.name}.yaml"
    bench.write_text(_bench(batch), encoding="utf-8")
    Launch(load_protocol(PROTOCOL), str(bench), seed=seed).go(folder, json=False)


def _bench(batch: str) -> str:
    source = bench_source("sim")
    text = read_document(source).text if isinstance(source, Path) else source
    yaml = YAML(typ="rt")
    data = yaml.load(text)
    data["world"]["preset"] = batch
    written = io.StringIO()
    yaml.dump(data, written)
    return written.getvalue()


def _names(batches: list[str]) -> list[str]:
    """What the two are called: two cells of one batch need different names."""
    return batches if len(set(batches)) == len(batches) else [f"{batch}-{n}" for n, batch in enumerate(batches, 1)]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("particle_size_study"))
    parser.add_argument("--batches", nargs=2, default=["fine", "coarse"])
    parser.add_argument("--seeds", nargs=2, type=int, default=[11, 12])
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
