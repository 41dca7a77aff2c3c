"""Exposing lines: the still plates are read under each line's own drift, and the lithium is laid over them as it
stands at that line's moment."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from operando.simulators.world.scene_lithium import mean_gap_m
from operando.simulators.world.scene_relief import edge
from operando.simulators.world.signal_plates import LithiumPlates, Plates

__all__ = ["LinePlaces", "exposed_lines"]

#: secondaries leave the step at the lithium's edge more easily
_RIM_GAIN, _RIM_M = 0.22, 0.35e-6
#: share of the signal that is lost in the gap, and lost contact over which a patch opens to its full width
_GAP_LOSS, _PATCH_END = 0.85, 0.15
_WIDEST_OVER_MEAN = 5.0


@dataclass(frozen=True, slots=True, eq=False)
class LinePlaces:
    """Some lines of a scan, each at its own moment; all arrays have shape (lines,).

    Args:
        row: place on the canvas in fractional pixels; `column` that of the line's first pixel.
        growth_m: of the lithium at that moment.
        contact_loss: of the lithium's boundary at that moment.
    """

    row: NDArray[np.float64]
    column: NDArray[np.float64]
    growth_m: NDArray[np.float64]
    contact_loss: NDArray[np.float64]

    def part(self, lines: NDArray[np.bool_]) -> "LinePlaces":
        """Some of them."""
        return LinePlaces(self.row[lines], self.column[lines], self.growth_m[lines], self.contact_loss[lines])


def exposed_lines(plates: Plates, places: LinePlaces, width: int, rim: bool) -> NDArray[np.float32]:
    """Noise-free signal of one detector, shape (lines, width). `rim` says whether the lithium's edge shines."""
    signal = _read(plates.still, places, width)
    if plates.lithium is None:
        return signal
    inside_m = _read(plates.lithium.boundary.above_m, places, width)
    inside_m += places.growth_m[:, None].astype(np.float32)
    # chosen line by line, so that a line does not depend on those that are exposed with it
    reach_m = 4 * (plates.lithium.edge_m + _RIM_M) + _WIDEST_OVER_MEAN * mean_gap_m(places.contact_loss)
    covered = inside_m.max(axis=1) > -reach_m
    crossed = covered & (inside_m.min(axis=1) < reach_m)
    signal[covered] = _under_lithium(signal[covered], inside_m[covered], plates.lithium, places.part(covered))
    if places.contact_loss.any():
        signal[crossed] *= 1 - _gap_loss(inside_m[crossed], plates.lithium, places.part(crossed))
    if rim:
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


def _gap_loss(inside_m: NDArray[np.float32], plates: LithiumPlates, places: LinePlaces) -> NDArray[np.float32]:
    """Share of the signal that is lost below the boundary, by less than the gap's width, where contact is lost."""
    width = inside_m.shape[1]
    lost = places.contact_loss[:, None].astype(np.float32)
    open_for = (lost - _read(plates.boundary.opens_at, places, width)) * np.float32(1 / _PATCH_END)
    gap_m = _read(plates.boundary.gap_scale, places, width)
    gap_m *= mean_gap_m(places.contact_loss)[:, None].astype(np.float32) * np.sqrt(np.clip(open_for, 0, 1))
    gap = (open_for > 0) * edge(-inside_m, plates.edge_m) * edge(inside_m + gap_m, plates.edge_m)
    return np.float32(_GAP_LOSS) * gap


def _read(plate: NDArray[np.float32], places: LinePlaces, width: int) -> NDArray[np.float32]:
    """Bilinear, one fraction for each line. Lines that have drifted off the canvas stay at its edge."""
    row = np.clip(places.row, 0, plate.shape[0] - 1.001)
    column = np.clip(places.column, 0, plate.shape[1] - width - 1.001)
    top, left = row.astype(np.int64), column.astype(np.int64)
    down, right = ((part % 1).astype(np.float32)[:, None] for part in (row, column))
    lines = np.empty((row.size, width), np.float32)
    for start in np.unique(left):
        here = left == start
        above = plate[top[here], start : start + width + 1]
        below = plate[top[here] + 1, start : start + width + 1]
        below -= above
        below *= down[here]
        above += below
        step = above[:, 1:] - above[:, :-1]
        step *= right[here]
        step += above[:, :-1]
        lines[here] = step
    return lines
