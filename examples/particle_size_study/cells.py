"""The cells of the study: each is run once, its record is kept, and measured again when it is asked for again."""

import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from measuring import Measurements, measure_run
from specimens import OTHER_PLACE, RunNotCompleted, Specimen, bench_of, require_completed, require_same, write_made
from truth import truth_beside, world_of, write_truth_of

from operando.drivers.errors import ConfigMismatch, OperandoError
from operando.protocols import open_run
from operando.protocols.cli.failures import explain
from operando.protocols.cli.launch import Launch
from operando.protocols.document import load_protocol
from operando.protocols.reading import RunStatus
from operando.protocols.reading.packages import require_package
from operando.simulators.world.cell import SimulatedCell

__all__ = ["measured_runs", "record", "told_plainly"]


def measured_runs(cells: Sequence[Specimen], processes: int = 2) -> list[Measurements]:
    """Run what has not been run yet and measure all, so many cells at a time.

    Raises:
        MissingPackage: if what measures is not installed: before a cell is run, not after.
        ConfigMismatch: if the record of another cell is in a folder: before a cell is run, too.
        RunNotCompleted: if a run, now or earlier, did not come to its end as planned.
    """
    require_package("skimage", "The study")
    for cell in cells:
        _is_there(cell)
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        return list(pool.map(_measured, cells))


def record(cell: Specimen) -> None:
    """Run a protocol on a simulated bench; what the record does not tell is kept beside it, and so is what was true.

    Raises:
        RunNotCompleted: if the run did not come to its end as planned.
    """
    folder = cell.folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    bench, cells = folder.with_name(f"bench_{folder.name}.yaml"), dict[str, SimulatedCell]()
    bench.write_text(bench_of(cell.batch), encoding="utf-8")
    write_made(cell)
    around = world_of(cells, cell.holder)
    launch = Launch(load_protocol(cell.protocol), str(bench), seed=cell.seed, around=around)
    exit_code, written = launch.go(folder, json=False)
    if written is None:
        raise RunNotCompleted(f"this run was refused before it began, exit code {exit_code}", where=str(folder))
    require_completed(open_run(folder))
    write_truth_of(folder, cells["cell"], cell.holder, truth_beside(folder))


def told_plainly(main: Callable[[], int]) -> int:
    """Run a command; what a person can set right is told on one screen, with exit code 2."""
    try:
        return main()
    except OperandoError as error:
        explain(error)
        return 2


def _measured(cell: Specimen) -> Measurements:
    if not _is_there(cell):
        if cell.folder.is_dir():
            shutil.rmtree(cell.folder)  # a run that was killed
        record(cell)
    return measure_run(cell.folder)


def _is_there(cell: Specimen) -> bool:
    """Whether the whole record of a cell is there; what a killed run left is not."""
    if not cell.folder.is_dir() or not any(cell.folder.iterdir()):
        return False
    run = open_run(cell.folder)
    if run.status is RunStatus.KILLED:
        return False
    if run.status is not RunStatus.CLOSED:
        raise ConfigMismatch(f"the run in this folder is {run.status}", where=str(cell.folder), remedy=OTHER_PLACE)
    require_same(cell)
    return True
