"""The particle-size study: the same protocol on two batches, measured from what was recorded.

python examples/particle_size_study/run.py [--out DIR] [--batches fine coarse] [--seeds 11 12] [--processes 2]
"""

import argparse
import io
import shutil
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from measuring import Measurements, measure_run
from report import write_study
from ruamel.yaml import YAML
from scoring import scores
from truth import Holder, truth_beside, world_of, write_truth_of
from verdict import contact_loss

from operando.drivers.bench.open import bench_source
from operando.drivers.documents import read_document
from operando.protocols.cli.launch import Launch
from operando.protocols.document import load_protocol
from operando.protocols.reading.packages import require_package
from operando.simulators.world.cell import SimulatedCell

__all__ = ["PROTOCOL", "Specimen", "measured_runs", "record"]

PROTOCOL = Path(__file__).with_name("study.yaml")


@dataclass(frozen=True, slots=True)
class Specimen:
    """A cell to be run and measured.

    Args:
        folder: of its record; a closed one that is there already is measured again.
    """

    batch: str
    seed: int
    folder: Path
    holder: Holder = Holder()  # noqa: RUF009
    protocol: Path = PROTOCOL


def main() -> int:
    """Run, measure, conclude."""
    asked = _arguments()
    names = _names(asked.batches)
    cells = [
        Specimen(batch, seed, asked.out / name)
        for batch, seed, name in zip(asked.batches, asked.seeds, names, strict=True)
    ]
    found = measured_runs(cells, asked.processes)
    runs = {name: (cell.folder, one) for name, cell, one in zip(names, cells, found, strict=True)}
    scored = [score for name in runs for score in scores(name, *runs[name])]
    page = write_study(asked.out, runs, scored, " ".join(_beam(name, one) for name, (_, one) in runs.items()))
    print((asked.out / "conclusions.txt").read_text(encoding="utf-8"))
    print(page)
    return 0


def measured_runs(cells: Sequence[Specimen], processes: int = 2) -> list[Measurements]:
    """Run what has not been run yet and measure all, so many cells at a time.

    Raises:
        MissingPackage: if what measures is not installed: before a cell is run, not after.
    """
    require_package("skimage", "The study")
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        return list(pool.map(_measured, cells))


def _measured(cell: Specimen) -> Measurements:
    if not (cell.folder / "SHA256SUMS").is_file():
        if cell.folder.is_dir():
            shutil.rmtree(cell.folder)  # a run that was cut off
        record(cell)
    return measure_run(cell.folder)


def record(cell: Specimen) -> None:
    """Run a protocol on a simulated bench, and keep what was true of the cell beside the record."""
    folder = cell.folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    bench, cells = folder.with_name(f"bench_{folder.name}.yaml"), dict[str, SimulatedCell]()
    bench.write_text(_bench(cell.batch), encoding="utf-8")
    around = world_of(cells, cell.holder)
    Launch(load_protocol(cell.protocol), str(bench), seed=cell.seed, around=around).go(folder, json=False)
    write_truth_of(folder, cells["cell"], cell.holder, truth_beside(folder))


def _beam(name: str, found: Measurements) -> str:
    """What was lost where the beam came only at the start and the end, beside what was lost under it."""
    away, under = contact_loss(found.control[-1:]), contact_loss(found.contact)
    return (
        f"In the control field of {name}, without the beam in between, {away.value:.2f} +- {away.uncertainty:.2f} of "
        f"the contact was lost, under the beam {under.value:.2f} +- {under.uncertainty:.2f}."
    )


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
    parser.add_argument("--processes", type=int, default=2, help="cells that are run at a time")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
