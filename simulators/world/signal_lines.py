"""Exposing lines: the still plates are read under each line's own drift, and the lithium is laid over them as it
stands at that line's moment."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from operando.simulators.world.cell_view import CellView
from operando.simulators.world.scene_lithium import mean_gap_m, opening
from operando.simulators.world.scene_materials import MATERIALS, Phase
from operando.simulators.world.scene_relief import edge
from operando.simulators.world.signal_plates import LithiumPlates, Plates
from operando.simulators.world.signal_yields import backscatter_yield

__all__ = ["LinePlaces", "exposed_lines"]

#: secondaries leave the step at the lithium's edge more easily
_RIM_GAIN, _RIM_M = 0.22, 0.35e-6
#: share of the signal that is lost in the gap
_GAP_LOSS = 0.85
_WIDEST_OVER_MEAN = 5.0
_LINES_AT_ONCE = 64
#: share of the secondaries that a surface at +1 V holds back (free)
_HELD_BACK_PER_V = 0.02
_INTERPHASE, _ARGYRODITE = MATERIALS[Phase.ANODE_INTERPHASE], MATERIALS[Phase.ARGYRODITE]
_INTERPHASE_SIGNAL = {
    "BSE": backscatter_yield(_INTERPHASE.mass_fractions) / backscatter_yield(_ARGYRODITE.mass_fractions),
    "SE": _INTERPHASE.secondary_yield / _ARGYRODITE.secondary_yield,
}


@dataclass(frozen=True, slots=True, eq=False)
class LinePlaces:
    """Some lines of a scan, each at its own moment; all arrays have shape (lines,).

    Args:
        row: place on the canvas in fractional pixels; `column` that of the line's first pixel.
        growth_m: of the lithium at that moment.
        contact_loss: of the lithium's boundary at that moment; `sei_m` the thickness of the interphase there.
        voltage_V: of the cell at that moment.
    """

    row: NDArray[np.float64]
    column: NDArray[np.float64]
    growth_m: NDArray[np.float64]
    contact_loss: NDArray[np.float64]
    sei_m: NDArray[np.float64]
    voltage_V: NDArray[np.float64]

    @classmethod
    def of(cls, row: NDArray[np.float64], column: NDArray[np.float64], views: Sequence[CellView]) -> "LinePlaces":
        """Lines with the state of the cell in which each is exposed."""
        state = [(view.lithium_growth_m, view.contact_loss, view.anode_sei_m, view.voltage_V) for view in views]
        growth, lost, sei, voltage = np.array(state, np.float64).reshape(-1, 4).T
        return cls(row, column, growth, lost, sei, voltage)

    def part(self, lines: NDArray[np.bool_]) -> "LinePlaces":
        """Some of them."""
        return LinePlaces(*(getattr(self, name)[lines] for name in self.__slots__))


def exposed_lines(plates: Plates, places: LinePlaces, width: int, detector: str) -> NDArray[np.float32]:
    """Noise-free signal of one detector, shape (lines, width)."""
    signal = _read(plates.still, places, width)
    if plates.at_cathode is not None and detector == "SE":
        # secondaries are held back by a positive surface
        held = _read(plates.at_cathode, places, width)
        held *= np.float32(-_HELD_BACK_PER_V) * places.voltage_V[:, None].astype(np.float32)
        held += 1
        signal *= held
    if plates.lithium is None:
        return signal
    inside_m = _read(plates.lithium.boundary.above_m, places, width)
    inside_m += places.growth_m[:, None].astype(np.float32)
    # chosen line by line, so that a line does not depend on those that are exposed with it
    reach_m = 4 * (plates.lithium.edge_m + _RIM_M) + _WIDEST_OVER_MEAN * mean_gap_m(places.contact_loss)
    covered = inside_m.max(axis=1) > -reach_m
    crossed = covered & (inside_m.min(axis=1) < reach_m)
    signal[crossed] *= _interphase(inside_m[crossed], plates.lithium, places.part(crossed), detector)
    signal[covered] = _under_lithium(signal[covered], inside_m[covered], plates.lithium, places.part(covered))
    if places.contact_loss.any():
        signal[crossed] *= 1 - _gap_loss(inside_m[crossed], plates.lithium, places.part(crossed))
    if detector == "SE":
        rim_m = (_RIM_M**2 + plates.lithium.edge_m**2) ** 0.5
        square = np.square(inside_m[crossed] * np.float32(1 / rim_m))
        signal[crossed] += np.float32(_RIM_GAIN * _RIM_M / rim_m) / (1 + square * square)
    return signal


def _under_lithium(
    signal: NDArray[np.float32], inside_m: NDArray[np.float32], plates: LithiumPlates, places: LinePlaces
) -> NDArray[np.float32]:
    """What lies above the boundary is covered."""
    lithium = _read(plates.signal, places, signal.shape[1])
    lithium -= signal
    lithium *= edge(inside_m, plates.edge_m)
    lithium += signal
    return lithium


def _interphase(
    inside_m: NDArray[np.float32], plates: LithiumPlates, places: LinePlaces, detector: str
) -> NDArray[np.float32]:
    """Factor of the reduced layer below the boundary; what the beam does not resolve is as faint as it is thin."""
    blur_m = np.float32(1 / (2 * plates.edge_m))
    upper = np.clip(np.float32(0.5) - inside_m * blur_m, 0, 1)
    lower = np.clip(np.float32(0.5) - (inside_m + places.sei_m[:, None].astype(np.float32)) * blur_m, 0, 1)
    return np.asarray(1 + np.float32(_INTERPHASE_SIGNAL[detector] - 1) * (upper - lower), np.float32)


def _gap_loss(inside_m: NDArray[np.float32], plates: LithiumPlates, places: LinePlaces) -> NDArray[np.float32]:
    """Share of the signal that is lost below the boundary, by less than the gap's width, where contact is lost."""
    width = inside_m.shape[1]
    lost = places.contact_loss[:, None].astype(np.float32)
    wide = opening(lost - _read(plates.boundary.opens_at, places, width))
    gap_m = _read(plates.boundary.gap_scale, places, width)
    gap_m *= mean_gap_m(places.contact_loss)[:, None].astype(np.float32) * wide
    gap = (wide > 0) * edge(-inside_m, plates.edge_m) * edge(inside_m + gap_m, plates.edge_m)
    return np.float32(_GAP_LOSS) * gap


def _read(plate: NDArray[np.float32], places: LinePlaces, width: int) -> NDArray[np.float32]:
    """Bilinear, one fraction for each line. Lines that have drifted off the canvas stay at its edge."""
    row = np.clip(places.row, 0, plate.shape[0] - 1.001)
    column = np.clip(places.column, 0, plate.shape[1] - width - 1.001)
    top, left = row.astype(np.int64), column.astype(np.int64)
    down, right = ((part % 1).astype(np.float32)[:, None] for part in (row, column))
    lines = np.empty((row.size, width), np.float32)
    for here in _alike(left):
        columns = slice(int(left[here.start]), int(left[here.start]) + width + 1)
        above = plate[top[here], columns]
        below = plate[top[here] + 1, columns]
        below -= above
        below *= down[here]
        above += below
        step = np.subtract(above[:, 1:], above[:, :-1], out=lines[here])
        step *= right[here]
        step += above[:, :-1]
    return lines


def _alike(left: NDArray[np.int64]) -> Iterator[slice]:
    """Stretches of lines that begin in the same column, of at most as many as stay in the processor's cache."""
    bounds = [0, *(np.flatnonzero(np.diff(left)) + 1).tolist(), left.size]
    for first, last in pairwise(bounds):
        yield from (slice(start, min(start + _LINES_AT_ONCE, last)) for start in range(first, last, _LINES_AT_ONCE))
