"""Cracks on a canvas: dark slits with a bright rim, and lithium that fills them and wells up."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, log, sin

import numpy as np
from numpy.typing import NDArray

from operando.simulators.world.optics_field import Canvas
from operando.simulators.world.scene_cracks import Course, Crack
from operando.simulators.world.scene_lithium import LITHIUM_SIGNAL
from operando.simulators.world.scene_texture import profile

__all__ = ["CrackTrace", "crack_key", "painted_cracks"]

#: nothing of a crack is farther from its line than this
_REACH_M = 3.4e-6
_BLOCK = 8
#: signal of a wide, deep slit, what a narrow one adds to it, and over which half width it fades
_DEPTH = {"SE": (0.10, 0.30, 0.4e-6), "BSE": (0.07, 0.30, 0.5e-6)}
#: secondaries leave the rims of a slit, and of welled lithium, more easily
_RIM, _RIM_M, _WELLED_RIM = 0.45, 0.18e-6, 0.30
_BULGE = 0.30
_UNEVEN, _UNEVEN_M = 0.28, 5e-6
#: lengths and widths in fractions of a pixel that make a new picture
_NEW_LENGTH, _NEW_WIDTH, _NEW_SHARE = 0.5, 0.1, 0.03


@dataclass(frozen=True, slots=True, eq=False)
class CrackTrace:
    """The pixels of a canvas near a course.

    Args:
        pixel: flat index of each; the other arrays have its shape.
        away_m: distance from the line, `way_m` along it.
        lit: -1 to 1, how far the line's flank there faces the detector's side.
    """

    pixel: NDArray[np.int64]
    away_m: NDArray[np.float32]
    way_m: NDArray[np.float32]
    lit: NDArray[np.float32]

    @property
    def nbytes(self) -> int:
        """Memory taken."""
        return self.pixel.nbytes + self.away_m.nbytes + self.way_m.nbytes + self.lit.nbytes

    @classmethod
    def of(cls, course: Course, canvas: Canvas) -> "CrackTrace":
        """Find them."""
        line, way = _on_canvas(course, canvas)
        reach_px = _REACH_M / canvas.pixel_m + 2.0
        near = np.all((line > -reach_px) & (line < np.array([canvas.height, canvas.width]) + reach_px), axis=1)
        if near.sum() < 2:
            empty = np.empty(0, np.float32)
            return cls(np.empty(0, np.int64), empty, empty, empty)
        from scipy.spatial import cKDTree

        tree = cKDTree(line[near])
        row, column = _pixels_near(tree, canvas, reach_px)
        away, nearest = tree.query(np.column_stack([row, column]), distance_upper_bound=reach_px)
        found = np.isfinite(away)
        row, column, nearest = row[found], column[found], np.flatnonzero(near)[nearest[found]]
        away_px, along, lit = _projected(line, way, nearest, np.column_stack([row, column]))
        pixel_m = np.float32(canvas.pixel_m)
        return cls(row * canvas.width + column, away_px.astype(np.float32) * pixel_m, along.astype(np.float32), lit)


def crack_key(crack: Crack, trace: CrackTrace, pixel_m: float) -> tuple[object, ...] | None:
    """What must change for the crack to look different on a canvas; None if it cannot be seen there."""
    if not trace.pixel.size or float(trace.way_m.min()) > crack.tip_m:
        return None
    last_m = float(trace.way_m.max())
    lengths = (
        round(length / (_NEW_LENGTH * pixel_m)) if length < last_m else ("beyond", round(log(length) / _NEW_SHARE))
        for length in (crack.tip_m, max(crack.filled_m, 1e-9))
    )
    widths = (round(width / (_NEW_WIDTH * pixel_m)) for width in (crack.open_m, crack.welled_m))
    return (crack.course.name, *lengths, *widths)


def painted_cracks(
    signal: dict[str, NDArray[np.float32]], cracks: Sequence[tuple[Crack, CrackTrace]], pixel_m: float
) -> tuple[slice, slice]:
    """Paint cracks over the sharp signals, in place; the rows and columns that hold all of them."""
    width = next(iter(signal.values())).shape[1]
    touched = []
    for crack, trace in cracks:
        # a crack is open by half its width to each side, uneven by a factor of at most 3; rims fade beyond
        far_m = 1.5 * crack.open_m + 3 * crack.welled_m + 5 * max(_RIM_M, 0.6 * pixel_m)
        here = (trace.way_m >= 0) & (trace.way_m <= crack.tip_m) & (trace.away_m < far_m)
        pixel, place = trace.pixel[here], (trace.away_m[here], trace.way_m[here], trace.lit[here])
        for name, plate in signal.items():
            flat = plate.reshape(-1)
            flat[pixel] = _painted(name, flat[pixel], crack, place, pixel_m)
        touched.append(pixel)
    every = np.concatenate(touched)
    if not every.size:
        return slice(0, 0), slice(0, 0)
    row, column = np.divmod(every, width)
    return slice(int(row.min()), int(row.max()) + 1), slice(int(column.min()), int(column.max()) + 1)


def _painted(
    detector: str,
    signal: NDArray[np.float32],
    crack: Crack,
    place: tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]],
    pixel_m: float,
) -> NDArray[np.float32]:
    """The signal of some pixels with a crack over it."""
    away, way, lit = place
    seed = crack.course.name[0] & 0xFFFFFFFF
    uneven = np.asarray(1 + _UNEVEN * profile(seed, way.astype(np.float64), _UNEVEN_M, 5, 0.6), np.float32)
    half = crack.half_width_m(way) * np.maximum(uneven, np.float32(0.3))
    filled = way < crack.filled_m
    half = half + np.where(filled, np.float32(crack.welled_m) * np.clip(2 * uneven - 1, 0, 2), 0)
    cover = _cover(away, half, pixel_m)
    deep, shallow, fades_m = _DEPTH[detector]
    slit = np.float32(deep) + np.float32(shallow) * np.exp(-half / np.float32(fades_m))
    bulge = 1 + np.float32(_BULGE) * lit * np.clip(away / np.maximum(half, np.float32(1e-9)), 0, 1)
    inside = np.where(filled, np.float32(LITHIUM_SIGNAL[detector]) * (bulge if detector == "SE" else 1), slit)
    painted = signal + cover * (inside - signal)
    if detector == "SE":
        rim = np.where(filled, np.float32(_WELLED_RIM), np.float32(_RIM)) * np.float32(min(1.0, 0.35e-6 / pixel_m))
        beside = np.exp(-np.maximum(away - half, 0) / np.float32(max(_RIM_M, 0.6 * pixel_m)))
        painted += rim * beside * (1 - cover) * np.minimum(half / np.float32(0.15e-6), 1)
    return np.asarray(painted, np.float32)


def _cover(away_m: NDArray[np.float32], half_m: NDArray[np.float32], pixel_m: float) -> NDArray[np.float32]:
    """Share of a pixel that a band about the line covers."""
    far, near = (np.clip((away_m + side * half_m) / np.float32(pixel_m), -0.5, 0.5) for side in (1, -1))
    return np.asarray(far - near, np.float32)


def _on_canvas(course: Course, canvas: Canvas) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The line in rows and columns of a canvas, points at most half a pixel apart, and the way to each."""
    x_m, y_m = course.points_m.T
    along = x_m * cos(canvas.rotation_rad) + y_m * sin(canvas.rotation_rad)
    up = y_m * cos(canvas.rotation_rad) - x_m * sin(canvas.rotation_rad)
    row, column = -up / canvas.pixel_m - canvas.row - 0.5, along / canvas.pixel_m - canvas.column - 0.5
    way_m = course.way_m
    count = max(int((way_m[-1] - way_m[0]) / (0.5 * canvas.pixel_m)), way_m.size)
    if count > way_m.size:
        fine = np.linspace(way_m[0], way_m[-1], min(count, 40_000))
        row, column, way_m = np.interp(fine, way_m, row), np.interp(fine, way_m, column), fine
    return np.column_stack([row, column]), way_m


def _pixels_near(tree: object, canvas: Canvas, reach_px: float) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows and columns of the pixels in blocks that the line comes near."""
    from scipy.spatial import cKDTree

    assert isinstance(tree, cKDTree)
    rows, columns = (np.arange(0, size, _BLOCK) for size in (canvas.height, canvas.width))
    corner_row, corner_column = (part.ravel() for part in np.meshgrid(rows, columns, indexing="ij"))
    middle = np.column_stack([corner_row, corner_column]) + 0.5 * (_BLOCK - 1)
    away, _ = tree.query(middle, distance_upper_bound=reach_px + 0.75 * _BLOCK)
    close = np.isfinite(away)
    step_row, step_column = (part.ravel() for part in np.meshgrid(*[np.arange(_BLOCK)] * 2, indexing="ij"))
    row = (corner_row[close, None] + step_row).ravel()
    column = (corner_column[close, None] + step_column).ravel()
    inside = (row < canvas.height) & (column < canvas.width)
    return row[inside], column[inside]


def _projected(
    line: NDArray[np.float64], way_m: NDArray[np.float64], nearest: NDArray[np.int64], pixel: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float32]]:
    """Distance in pixels to the piece of line about the nearest point, the way there, and how far the side is lit."""
    before, after = np.maximum(nearest - 1, 0), np.minimum(nearest + 1, len(line) - 1)
    step = line[after] - line[before]
    length = np.maximum(np.hypot(*step.T), 1e-9)
    apart = pixel - line[before]
    part = np.clip((apart * step).sum(axis=1) / length**2, 0, 1)
    off = apart - part[:, None] * step
    away = np.hypot(*off.T)
    # the detector sits to the upper left: rows and columns falling
    lit = -(off[:, 0] + off[:, 1]) / np.maximum(away, 1e-9) * 0.7071
    return away, way_m[before] + part * (way_m[after] - way_m[before]), lit.astype(np.float32)
