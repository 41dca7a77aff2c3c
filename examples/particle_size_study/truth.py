"""What was true of a simulated cell, cycle by cycle: asked of the world when a run is over, and kept beside its record.

No measurement sees it. The record itself holds the truth at pictures; a short begins between them.
"""

import json
import math
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from operando.drivers.bench import Bench
from operando.protocols import open_run
from operando.protocols.reading import Run
from operando.simulators.links import SimulatedLinks
from operando.simulators.world.cell import SimulatedCell
from operando.simulators.world.cell_model import CellModel
from operando.simulators.world.signal_cathode import INTERPHASE_SIGNAL

__all__ = [
    "INTERPHASE_CONTRAST",
    "CellTruth",
    "Holder",
    "TrueCycle",
    "read_truth_of",
    "shorts_of",
    "truth_beside",
    "world_of",
    "write_truth_of",
]

INTERPHASE_CONTRAST = 1.0 - INTERPHASE_SIGNAL["SE"]
"""By which share the interphase on the NMC is darker in secondary electrons."""
_HARD_SHORT_OHM = 20.0
"""Below it a bridge carries the current and not the restless tip of a filament."""
_STEP_S = 60.0
_RESTS_S = 60.0
"""Before a charge or discharge and after it the cell rests for longer: all that passes lies in between."""


@dataclass(frozen=True, slots=True)
class TrueCycle:
    """One cycle.

    Args:
        efficiency: charge through the terminals in the discharge over that in the charge.
        electrolyte_ohm: of separator and composite, and `interface_ohm` of both interphases and the lithium's contact,
            when the impedance was measured; NaN if it was not.
    """

    cycle: int
    charge_C: float
    efficiency: float
    electrolyte_ohm: float
    interface_ohm: float


@dataclass(frozen=True, slots=True)
class CellTruth:
    """Of a whole run.

    Args:
        soft_s, hard_s: run times from which on there was a short across the cell; None if there was none.
    """

    cycles: tuple[TrueCycle, ...]
    soft_s: float | None
    hard_s: float | None


@dataclass(frozen=True, slots=True)
class Holder:
    """How the cell is held; None leaves the preset's value."""

    pressure_MPa: float | None = None
    temperature_K: float | None = None


def world_of(found: dict[str, SimulatedCell], holder: Holder) -> Callable[[Bench], AbstractContextManager[None]]:
    """For a launch: sets the holder before the run, and keeps the cell for questions about what was true."""

    @contextmanager
    def around(bench: Bench) -> Iterator[None]:
        links = bench.links.scheme("sim")
        assert isinstance(links, SimulatedLinks)
        cell = links.laboratory.world.cell
        if holder != Holder():
            cell.set_holder(bench.clock.now(), **asdict(holder))
        found["cell"] = cell
        yield

    return around


def write_truth_of(folder: Path, cell: SimulatedCell, holder: Holder, out: Path) -> None:
    """Ask the cell what was true at the steps of a recorded run, and write it down as JSON."""
    run = open_run(folder)
    update = {name: value for name, value in asdict(holder).items() if value is not None}
    model = CellModel(cell.parameters.model_copy(update=update))
    soft_s, hard_s = shorts_of(cell, float(run.samples["time_s"][-1]))
    told = CellTruth(tuple(_cycles(run, cell, model)), soft_s, hard_s)
    out.write_text(json.dumps(asdict(told), indent=1) + "\n", encoding="utf-8")


def truth_beside(folder: Path) -> Path:
    """Where the truth of a record lies: beside it, for a closed record is never added to."""
    return folder.with_name(f"{folder.name}_truth.json")


def read_truth_of(path: Path) -> CellTruth:
    """What `write_truth_of` wrote."""
    told = json.loads(path.read_text(encoding="utf-8"))
    return CellTruth(tuple(TrueCycle(**cycle) for cycle in told["cycles"]), told["soft_s"], told["hard_s"])


def _cycles(run: Run, cell: SimulatedCell, model: CellModel) -> Iterator[TrueCycle]:
    spectra_s = {one.cycle: float(one.points["time_s"][0]) for one in run.impedance}
    passed: dict[int, dict[str, float]] = {}
    for step in run.steps:
        if step.name in ("charge", "discharge") and step.end_s is not None:
            begun, ended = (cell.state(t).charge_C for t in (step.start_s - _RESTS_S, step.end_s + _RESTS_S))
            passed.setdefault(step.cycle, {})[step.name] = abs(ended - begun)
    for cycle, charges in sorted(passed.items()):
        if len(charges) == 2:
            ohms = _ohms(cell, model, spectra_s.get(cycle))
            yield TrueCycle(cycle, charges["charge"], charges["discharge"] / charges["charge"], *ohms)


def _ohms(cell: SimulatedCell, model: CellModel, time_s: float | None) -> tuple[float, float]:
    if time_s is None:
        return math.nan, math.nan
    true, area_m2 = model.resistances(cell.state(time_s)), cell.parameters.area_m2
    electrolyte = (true.separator_ohm_m2 + true.composite_ohm_m2) / area_m2
    interface = (true.lithium_ohm_m2 + true.cathode_sei_ohm_m2) / area_m2
    return electrolyte, interface


def shorts_of(cell: SimulatedCell, until_s: float) -> tuple[float | None, float | None]:
    """When a short first lay across the cell, to the second, and when it was first a bridge; None if never."""
    return _first(cell, math.inf, until_s), _first(cell, _HARD_SHORT_OHM, until_s)


def _first(cell: SimulatedCell, below_ohm: float, until_s: float) -> float | None:
    def shorted(time_s: float) -> bool:
        return cell.state(time_s).aged.short_ohm < below_ohm

    after_s = next((n * _STEP_S for n in range(int(until_s / _STEP_S) + 1) if shorted(n * _STEP_S)), None)
    if after_s is None:
        return None
    return next(float(time_s) for time_s in range(max(int(after_s - _STEP_S), 0), int(after_s) + 1) if shorted(time_s))
