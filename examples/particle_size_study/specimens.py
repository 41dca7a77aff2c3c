"""Which cell is asked for, and whether a record is that of this cell: whole, and made with the same things."""

import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from fingerprint import fingerprint_of_world
from ruamel.yaml import YAML
from truth import Holder, truth_beside

from operando.drivers.bench.open import bench_source
from operando.drivers.bench.seed import with_seed
from operando.drivers.documents import read_document
from operando.drivers.errors import ConfigMismatch, OperandoError
from operando.protocols import open_run
from operando.protocols.reading import Run

__all__ = [
    "OTHER_PLACE",
    "PROTOCOL",
    "RunNotCompleted",
    "Specimen",
    "bench_of",
    "made_beside",
    "require_completed",
    "require_same",
    "write_made",
]

PROTOCOL = Path(__file__).with_name("study.yaml")
OTHER_PLACE = "Name another folder with --out, or remove this one to run the cell again."


class RunNotCompleted(OperandoError):
    """A run of a cell ended early, or broke a promise of its protocol: its record says nothing about the cell."""

    usual_remedy = "Its events.jsonl says more; remove the folder to run the cell again, or name another with --out."


@dataclass(frozen=True, slots=True)
class Specimen:
    """A cell to be run and measured.

    Args:
        folder: of its record; one that is there already is measured again if it is that of this cell.
    """

    batch: str
    seed: int
    folder: Path
    holder: Holder = Holder()  # noqa: RUF009
    protocol: Path = PROTOCOL


def bench_of(batch: str) -> str:
    """The bench file of the simulated laboratory with a cell of this batch; the seed is set when it is run."""
    source = bench_source("sim")
    text = read_document(source).text if isinstance(source, Path) else source
    yaml = YAML(typ="rt")
    data = yaml.load(text)
    data["world"]["preset"] = batch
    written = io.StringIO()
    yaml.dump(data, written)
    return written.getvalue()


def made_beside(folder: Path) -> Path:
    """Where stands what a record itself does not tell: how the cell was held, and by which world it was simulated."""
    return folder.with_name(f"{folder.name}_made_with.json")


def write_made(cell: Specimen) -> None:
    """Write that down; before the run, so that no closed record is without it."""
    made_beside(cell.folder).write_text(json.dumps(_made(cell), indent=1) + "\n", encoding="utf-8")


def require_completed(run: Run) -> None:
    """Refuse a run that did not come to its end as planned.

    Raises:
        RunNotCompleted: with how and why it ended.
    """
    ended = [event for event in run.events if event.source == "run" and "exit_code" in event.details]
    reason, exit_code = (ended[-1].message, ended[-1].details["exit_code"]) if ended else ("no reason is recorded", "?")
    if run.outcome != "completed" or exit_code != 0:
        what = f"this run did not come to its end as planned: {run.outcome}, exit code {exit_code}, {reason}"
        raise RunNotCompleted(what, where=str(run.folder))


def require_same(cell: Specimen) -> None:
    """Refuse a closed record that is not the whole record of this cell.

    Raises:
        RunNotCompleted: if its run did not come to its end as planned.
        ConfigMismatch: if it was made with anything else than what is asked for; it says with what.
    """
    run = open_run(cell.folder)
    require_completed(run)
    differs = [*_differs_in_record(cell, run), *_differs_beside(cell)]
    if differs:
        what = f"the record that is there already is not that of the cell that is asked for: {'; '.join(differs)}"
        raise ConfigMismatch(what, where=str(cell.folder), remedy=OTHER_PLACE)


def _differs_in_record(cell: Specimen, run: Run) -> Iterator[str]:
    if run.header.protocol_text != cell.protocol.read_text(encoding="utf-8"):
        yield f"its protocol is not {cell.protocol.name} as it is now"
    told = run.header.bench_text
    if told != with_seed(bench_of(cell.batch), cell.seed):
        world = YAML(typ="safe").load(told).get("world", {})
        other = list(_others(world, {"preset": cell.batch, "seed": cell.seed}))
        yield from other or ["its bench file is not that of the simulated laboratory as it is now"]


def _differs_beside(cell: Specimen) -> Iterator[str]:
    made = made_beside(cell.folder)
    if made.is_file():
        yield from _others(json.loads(made.read_text(encoding="utf-8")), _made(cell))
    else:
        yield f"how the cell was held is not known, for {made.name} is missing"
    if not truth_beside(cell.folder).is_file():
        yield f"what was true of it is not known, for {truth_beside(cell.folder).name} is missing"


def _others(was: Mapping[str, object], asked: Mapping[str, object]) -> Iterator[str]:
    """What is not as it is asked for, in words; None is what the preset says."""
    for name, value in asked.items():
        if was.get(name) != value:
            yield f"{name} {was.get(name)} instead of {value}"


def _made(cell: Specimen) -> dict[str, object]:
    return {**asdict(cell.holder), "version of the simulated world": fingerprint_of_world()}
