"""What was measured beside what was true: the simulated world's truth, which the measurements never see."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from measuring import AtCycle, Measurements
from truth import INTERPHASE_CONTRAST, CellTruth, read_truth_of, truth_beside
from verdict import interphase, tortuosity

from operando.protocols import open_run
from operando.protocols.analysis import KINDS, Contact, CrackPattern, Filaments, Interphase, Measured, not_detectable
from operando.protocols.analysis.limits import (
    CONTACT_FRACTION_ERROR,
    CRACK_LENGTH_ERROR,
    EFFICIENCY_ERROR,
    FILAMENT_LENGTH_ERROR,
    GAP_ERROR,
    INTERPHASE_ERROR,
    RESISTANCE_ERROR,
    SHORT_TIME_ERROR_S,
    TORTUOSITY_ERROR,
)
from operando.protocols.reading import Run

__all__ = ["Score", "as_markdown", "scores"]


@dataclass(frozen=True, slots=True)
class Score:
    """One number, measured and true.

    Args:
        limit: of the error, absolute; NaN if none was fixed.
    """

    batch: str
    quantity: str
    cycle: int
    unit: str
    measured: Measured
    true: float
    limit: float = np.nan

    @property
    def error(self) -> float:
        """NaN if nothing was measured."""
        return self.measured.value - self.true

    @property
    def within(self) -> bool | None:
        """Whether the error keeps to its limit; None if there is none, or nothing was measured."""
        return None if np.isnan(self.limit) or np.isnan(self.error) else bool(abs(self.error) <= self.limit)


def scores(batch: str, folder: Path, found: Measurements) -> list[Score]:
    """All that can be scored of a run: means and sums over the tiles of a region, cycle by cycle."""
    run = open_run(folder)
    frames = {state.number: state.values for state in run.truth if state.of == "frame" and state.moment == "start"}
    scored: list[Score] = []
    for cycle in sorted({one.cycle for one in found.contact}):
        scored += _of_contact(batch, cycle, [one for one in found.contact if one.cycle == cycle], frames)
    for cycle in sorted({one.cycle for one in found.cracks}):
        scored += _of_cracks(batch, cycle, [one for one in found.cracks if one.cycle == cycle], frames)
    scored += _of_rings(batch, found.rings, _grown_since_fresh(run, frames))
    for cycle in sorted({one.cycle for one in found.filaments}):
        scored += _of_filaments(batch, cycle, [one for one in found.filaments if one.cycle == cycle], frames)
    scored += _of_curves(batch, found, read_truth_of(truth_beside(folder)))
    return scored


def as_markdown(scored: list[Score]) -> str:
    """A table."""
    lines = ["| batch | quantity | cycle | measured | true | error | limit | within |", "|" + " --- |" * 8]
    for one in scored:
        scale, unit = _SHOWN[one.unit]
        measured = f"{one.measured.value * scale:.3g} {unit}" if one.measured.detectable else "not detectable"
        error = "" if np.isnan(one.error) else f"{one.error * scale:+.2g} {unit}"
        limit = "" if np.isnan(one.limit) else f"{one.limit * scale:.2g} {unit}"
        true = "none" if np.isnan(one.true) else f"{one.true * scale:.3g} {unit}"
        within = {True: "yes", False: "no", None: ""}[one.within]
        cells = (one.batch, one.quantity, str(one.cycle), measured, true, error, limit, within)
        lines.append(f"| {' | '.join(cell.strip() for cell in cells)} |")
    return "\n".join(lines) + "\n"


_SHOWN = {"": (1.0, ""), "m": (1e6, "um"), "s": (1 / 3600, "h"), "ohm": (1.0, "ohm")}
_SHOWN_CYCLES = 5

_Frames = dict[int, dict[str, float]]


def _of_contact(batch: str, cycle: int, there: list[AtCycle], frames: _Frames) -> list[Score]:
    pairs = [(one.found, frames[one.frame]) for one in there if isinstance(one.found, Contact)]
    lost, true_lost = _mean([(found.fraction, 1.0 - true["field_contact_loss"], found.seen_m) for found, true in pairs])
    scored = [Score(batch, "contact fraction", cycle, "", lost, true_lost, CONTACT_FRACTION_ERROR)]
    opened = [
        (found.gap_m, true["field_gap_mean_m"], found.seen_m * true["field_contact_loss"])
        for found, true in pairs
        if found.gap_m.detectable and true["field_gap_mean_m"] > 0
    ]
    if opened:
        gap, true_gap = _mean(opened)
        scored.append(Score(batch, "mean gap", cycle, "m", gap, true_gap, GAP_ERROR * true_gap))
    return scored


def _of_cracks(batch: str, cycle: int, there: list[AtCycle], frames: _Frames) -> list[Score]:
    looked = [(one.frame, one.found) for one in there if isinstance(one.found, CrackPattern) and one.found.seen_m2 > 0]
    patterns = [pattern for _, pattern in looked]
    values = [frames[frame] for frame, _ in looked]

    def total(of: Callable[[CrackPattern], float]) -> float:
        return float(sum(of(pattern) for pattern in patterns))

    length_m = total(lambda pattern: pattern.length_m.value if pattern.length_m.detectable else 0.0)
    true_m, true_chord_m = (sum(value[name] for value in values) for name in ("field_crack_m", "field_crack_chord_m"))
    error_m = float(np.sqrt(total(lambda pattern: np.nan_to_num(pattern.length_m.uncertainty) ** 2)))
    if not length_m or not true_m:
        return []
    length = Score(
        batch, "length of cracks", cycle, "m", Measured(length_m, error_m), true_m, CRACK_LENGTH_ERROR * true_m
    )
    winding = tortuosity(there, cycle)
    return [length, Score(batch, "tortuosity", cycle, "", winding, true_m / true_chord_m, TORTUOSITY_ERROR)]


def _grown_since_fresh(run: Run, frames: _Frames) -> dict[int, float]:
    """By how much the interphase has grown since the first picture of the same tile, which is what can be seen."""
    fresh_m, grown_m = dict[int, float](), dict[int, float]()
    for frame in sorted(run.frames.of(region="particle", detector="SE"), key=lambda frame: frame.row.start_s):
        there_m = frames[frame.number]["field_cathode_sei_m"]
        grown_m[frame.number] = there_m - fresh_m.setdefault(frame.row.tile_column, there_m)
    return grown_m


def _of_rings(batch: str, rings: Sequence[AtCycle], grown_m: dict[int, float]) -> list[Score]:
    """Thickness times contrast of all places, and the thickness in each."""
    scored = []
    for cycle in sorted({one.cycle for one in rings}):
        true_m = INTERPHASE_CONTRAST * float(np.mean([grown_m[one.frame] for one in rings if one.cycle == cycle]))
        name = "interphase on NMC, thickness x contrast"
        scored.append(Score(batch, name, cycle, "m", interphase(rings, cycle), true_m, INTERPHASE_ERROR * true_m))
    for one in rings:
        if isinstance(one.found, Interphase):
            thick, true_m = one.found.thickness_m, grown_m[one.frame]
            scored.append(Score(batch, "interphase on NMC", one.cycle, "m", thick, true_m, INTERPHASE_ERROR * true_m))
    return scored


def _of_filaments(batch: str, cycle: int, there: list[AtCycle], frames: _Frames) -> list[Score]:
    """All together with a limit, and each kind."""
    seen = [one.found for one in there if isinstance(one.found, Filaments)]
    true_m = {kind: sum(frames[one.frame][f"field_{kind}_filament_m"] for one in there) for kind in KINDS[:-1]}
    whole_m = sum(true_m.values())
    scored = []
    if whole_m:
        total = _sum([one.length_m for one in seen])
        limit_m = FILAMENT_LENGTH_ERROR * whole_m
        scored.append(Score(batch, "length of filaments", cycle, "m", total, whole_m, limit_m))
    for kind in KINDS:
        measured, true = _sum([one.of(kind) for one in seen]), true_m.get(kind, 0.0)
        if measured.detectable or true:
            scored.append(Score(batch, f"filaments, {kind}", cycle, "m", measured, true if kind in true_m else np.nan))
    return scored


def _of_curves(batch: str, found: Measurements, truth: CellTruth) -> list[Score]:
    """Efficiency and resistance of some cycles, and the times of shorts."""
    scored = []
    cycles = {one.cycle: one for one in found.cycles}
    ohms = {cycle: one.series_ohm for cycle, one in found.impedance}
    for true in truth.cycles:
        if true.cycle != 1 and true.cycle % _SHOWN_CYCLES:
            continue
        if true.cycle in cycles:
            efficiency = cycles[true.cycle].efficiency
            scored.append(Score(batch, "efficiency", true.cycle, "", efficiency, true.efficiency, EFFICIENCY_ERROR))
        series_ohm = true.electrolyte_ohm + true.interface_ohm
        if true.cycle in ohms and not np.isnan(series_ohm):
            limit = RESISTANCE_ERROR * series_ohm
            name = "electrolyte and interfaces"
            scored.append(Score(batch, name, true.cycle, "ohm", ohms[true.cycle], series_ohm, limit))
    times = (("soft short", found.shorts.soft_s, truth.soft_s), ("hard short", found.shorts.hard_s, truth.hard_s))
    for name, seen_s, true_s in times:
        measured = not_detectable() if seen_s is None else Measured(seen_s, 60.0)
        scored.append(Score(batch, name, 0, "s", measured, np.nan if true_s is None else true_s, SHORT_TIME_ERROR_S))
    return scored


def _sum(values: list[Measured]) -> Measured:
    seen = [value for value in values if value.detectable]
    if not seen:
        return not_detectable(min((value.least for value in values), default=np.nan))
    return Measured(sum(one.value for one in seen), float(np.sqrt(sum(one.uncertainty**2 for one in seen))))


def _mean(values: list[tuple[Measured, float, float]]) -> tuple[Measured, float]:
    """Of measured and of true values, with weights."""
    weights = np.array([weight for _, _, weight in values])
    weights = weights / weights.sum()
    measured = float(weights @ [value.value for value, _, _ in values])
    error = float(np.sqrt(np.square(weights * [value.uncertainty for value, _, _ in values]).sum()))
    return Measured(measured, error), float(weights @ [true for _, true, _ in values])
