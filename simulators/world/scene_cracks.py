"""Cracks of the section: those that start at the lithium and fill with it, and those that open as the stack breathes.

Cracks at the lithium belong to the cell's own population of flaws: the picture shows those that lie in the cut surface,
each from the grain boundary next to its flaw. Lamination cracks run across the pressing direction, as pressed pellets
split; they open in the first cycles, grow with the root of the number of cycles, and no lithium gets there. Their
number, lengths and widths are free, the same for every batch.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from math import ceil, floor, sqrt

import numpy as np
from numpy.typing import NDArray

from operando.simulators.world.cell_view import WornCell
from operando.simulators.world.crack_courses import CourseFinder
from operando.simulators.world.crack_lines import along_m
from operando.simulators.world.filaments import Flaws
from operando.simulators.world.presets import FilamentKind
from operando.simulators.world.scene_layout import StackLayout
from operando.simulators.world.scene_lithium import Lithium
from operando.simulators.world.scene_texture import mixed_seed

__all__ = ["Course", "Crack", "SectionCracks"]

Bounds = tuple[float, float, float, float]
"""Smallest x, largest x, smallest y, largest y."""

#: one lamination crack begins in each piece of the separator of this size
_PIECE_M = (200e-6, 120e-6)
_FARTHEST_M = (150e-6, 420e-6)
_LATEST_ONSET_CYCLES, _FULL_AFTER_CYCLES = 6.0, 20.0
#: a crack of this length is open by this much in its middle (free; Duan et al. 2023 saw up to 5 um when filled)
_OPEN_AT_ENDS_M, _OPEN_PER_LENGTH = 0.25e-6, 2.2e-3
#: side arms of a branching crack, and how far apart the threads of a diffuse one begin
_ARMS, _ARM_SHARE, _THREADS, _THREADS_APART_M = 3, 0.6, 5, 9e-6
#: no crack comes closer to the electrodes' layers than this when it was not born there
_CLEAR_M = 40e-6
#: lithium wells up where a filled crack meets the cut surface, at most by this on each side
_WELLING_M, _WELLING_FULL_M = 0.5e-6, 120e-6


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """The way of a crack as far as it can ever get.

    Args:
        name: of the crack and its arm, the same in every picture.
        kind: of the filament; "lamination" for a crack that lithium does not reach.
        points_m: shape (points, 2).
        way_m: along it to each point; negative above the boundary where it begins.
        leaves_at: share of the main crack's way at which an arm leaves it; 0 for the main crack.
    """

    name: tuple[int, int]
    kind: FilamentKind | str
    points_m: NDArray[np.float64]
    way_m: NDArray[np.float64]
    leaves_at: float = 0.0

    def until(self, way_m: float) -> NDArray[np.float64]:
        """The points from the beginning up to a way along it."""
        first, last = np.searchsorted(self.way_m, (0.0, way_m), side="left")
        return self.points_m[first:last]


@dataclass(frozen=True, slots=True, eq=False)
class Crack:
    """A crack as it is at a moment.

    Args:
        course: its way.
        tip_m: how far along its way it is open, and `filled_m` how far lithium fills it.
        open_m: width at its mouth, of a lamination crack in its middle.
        welled_m: by how much the lithium stands over on each side.
    """

    course: Course
    tip_m: float
    filled_m: float
    open_m: float
    welled_m: float = 0.0

    @property
    def mouthless(self) -> bool:
        """Whether both ends are closed."""
        return self.course.kind == "lamination"

    def half_width_m(self, way_m: NDArray[np.float32]) -> NDArray[np.float32]:
        """Of the open crack at places along its way: an ellipse."""
        share = np.clip(way_m / np.float32(max(self.tip_m, 1e-9)), 0, 1)
        closing = 1 - (2 * share - 1) ** 2 if self.mouthless else 1 - share**2
        return np.asarray(np.float32(0.5 * self.open_m) * np.sqrt(closing), np.float32)

    def line_m(self) -> NDArray[np.float64]:
        """The points of the open part."""
        return self.course.until(self.tip_m)

    def filled_line_m(self) -> NDArray[np.float64]:
        """The points of the part that is filled with lithium."""
        return self.course.until(self.filled_m)


class SectionCracks:
    """All cracks of one section. Ways are found when they are first needed."""

    def __init__(self, layout: StackLayout, lithium: Lithium, finder: CourseFinder, seed: int) -> None:
        self._layout = layout
        self._lithium = lithium
        self._finder = finder
        self._seed = seed
        self._kept: tuple[Flaws | None, dict[int, tuple[Course, ...]]] = (None, {})
        self._laminations = lru_cache(512)(self._uncached_lamination)
        self._lamination_of = lru_cache(4096)(self._uncached_lamination_of)

    def within(self, bounds: Bounds, cell: WornCell) -> list[Crack]:
        """The cracks that may reach into a rectangle."""
        found = [*self._at_lithium(bounds, cell), *self._laminated(bounds, cell.cycles)]
        return [crack for crack in found if _reaches(crack.line_m(), bounds)]

    def _at_lithium(self, bounds: Bounds, cell: WornCell) -> Iterator[Crack]:
        interface = cell.interface
        if interface is None:
            return
        flaws, cracks = interface.flaws, interface.cracks
        depth_m = self._layout.lithium_boundary_m - bounds[3]
        far_m = self._finder.wander_m
        left, right = bounds[0] - far_m, bounds[1] + far_m
        near = (flaws.behind_m == 0) & interface.grown & (cracks.crack_m > 0.8 * depth_m)
        near &= (flaws.position_m > left) & (flaws.position_m < right)
        mouths_m = interface.mouth_m
        for number in np.flatnonzero(near):
            reached, filled = (
                float(part[number] / flaws.longest_m[number]) for part in (cracks.crack_m, cracks.filament_m)
            )
            welled_m = _WELLING_M * min(float(cracks.filament_m[number]) / _WELLING_FULL_M, 1.0)
            for course in self._courses(flaws, int(number)):
                tip_m, filled_m = (_reached_m(course, share) for share in (reached, filled))
                thin = 1.0 if course.name[1] == 0 and course.kind != "diffuse" else 0.5
                if tip_m > 0:
                    yield Crack(course, tip_m, min(filled_m, tip_m), thin * float(mouths_m[number]), thin * welled_m)

    def _courses(self, flaws: Flaws, number: int) -> tuple[Course, ...]:
        if self._kept[0] is not flaws:
            self._kept = (flaws, {})
        kept = self._kept[1]
        if number not in kept:
            kept[number] = tuple(self._drawn(flaws, number))
        return kept[number]

    def _drawn(self, flaws: Flaws, number: int) -> Iterator[Course]:
        """The main crack of a flaw and its arms."""
        kind, lean = flaws.kinds[number], float(flaws.lean[number])
        x_m, top_m = float(flaws.position_m[number]), self._layout.lithium_boundary_m
        deep_m = 0.92 * float(flaws.longest_m[number])
        if kind == "spalling":
            side = 1.0 if lean > 0 else -1.0
            stops = (
                (x_m, top_m),
                (x_m + 0.25 * side * deep_m, top_m - 0.3 * deep_m),
                (x_m + side * deep_m, top_m - 0.15 * deep_m),
            )
            yield self._from_lithium((number, 0), kind, stops)
            return
        if kind == "diffuse":
            for thread in range(_THREADS):
                start_m = x_m + (thread - (_THREADS - 1) / 2) * _THREADS_APART_M
                end_m = top_m - deep_m * (1.0 - 0.12 * abs(thread - _THREADS // 2))
                yield self._from_lithium((number, thread), kind, ((start_m, top_m), (start_m + 8e-6 * lean, end_m)))
            return
        end = (x_m + 0.08 * lean * deep_m, max(top_m - deep_m, self._layout.composite_top_m))
        main = self._from_lithium((number, 0), kind, ((x_m, top_m), end))
        yield main
        if kind == "branching":
            yield from self._arms(main, number)

    def _arms(self, main: Course, number: int) -> Iterator[Course]:
        whole_m = float(main.way_m[-1])
        for arm in range(1, _ARMS + 1):
            share = arm / (_ARMS + 2) * 0.6
            leaves = main.points_m[int(np.searchsorted(main.way_m, share * whole_m))]
            side = 1.0 if (arm + number) % 2 else -1.0
            reach_m = 0.22 * whole_m
            end = (float(leaves[0]) + 0.5 * side * reach_m, float(leaves[1]) - reach_m)
            if end[1] > self._layout.composite_top_m:
                points = self._finder.course(((float(leaves[0]), float(leaves[1])), end))
                yield Course((number, arm), main.kind, points, along_m(points), share)

    def _from_lithium(
        self, name: tuple[int, int], kind: FilamentKind, stops: tuple[tuple[float, float], ...]
    ) -> Course:
        """A course, counted from where it leaves the boundary as it was at the beginning."""
        points = self._finder.course(stops)
        below = points[:, 1] < self._lithium.boundary_y_m(points[:, 0])
        # the last time that it comes out of the lithium, within the first grains
        first = int(np.flatnonzero(below)[0]) if below.any() else 0
        way = along_m(points)
        return Course(name, kind, points, way - way[first])

    def _laminated(self, bounds: Bounds, cycles: float) -> Iterator[Crack]:
        if cycles <= 0:
            return
        low_m, high_m = self._layout.composite_top_m + _CLEAR_M, self._layout.lithium_boundary_m - _CLEAR_M
        farthest = _FARTHEST_M[1]
        columns = range(floor((bounds[0] - farthest) / _PIECE_M[0]), ceil((bounds[1] + farthest) / _PIECE_M[0]))
        rows = range(ceil(low_m / _PIECE_M[1]), floor(high_m / _PIECE_M[1]))
        for column, row in product(columns, rows):
            onset, stops = self._lamination_of(column, row)
            grown = min(max(cycles - onset, 0.0) / _FULL_AFTER_CYCLES, 1.0)
            if grown > 0 and _near(stops, bounds, self._finder.wander_m):
                course = self._laminations(column, row)
                tip_m = sqrt(grown) * float(course.way_m[-1])
                yield Crack(course, tip_m, 0.0, _OPEN_AT_ENDS_M + _OPEN_PER_LENGTH * tip_m)

    def _uncached_lamination_of(self, column: int, row: int) -> tuple[float, tuple[tuple[float, float], ...]]:
        """From which cycle on it grows, and past which places."""
        random = np.random.default_rng(mixed_seed(self._seed, column, row))
        onset, along, up, far, side, tilt = (float(draw) for draw in random.random(6))
        x_m, y_m = (column + along) * _PIECE_M[0], (row + up) * _PIECE_M[1]
        shortest, longest = _FARTHEST_M
        across_m = shortest * (longest / shortest) ** far * (1.0 if side > 0.5 else -1.0)
        rise_m = 0.2 * (2 * tilt - 1) * abs(across_m)
        stops = tuple((x_m + share * across_m, y_m + share * rise_m) for share in (0.0, 0.5, 1.0))
        return _LATEST_ONSET_CYCLES * onset, stops

    def _uncached_lamination(self, column: int, row: int) -> Course:
        points = self._finder.course(self._lamination_of(column, row)[1])
        return Course((mixed_seed(self._seed, column, row), 0), "lamination", points, along_m(points))


def _near(stops: tuple[tuple[float, float], ...], bounds: Bounds, margin_m: float) -> bool:
    """Whether a way past some places can come into a rectangle."""
    x_m, y_m = [x for x, _ in stops], [y for _, y in stops]
    across = min(x_m) - margin_m < bounds[1] and max(x_m) + margin_m > bounds[0]
    return across and min(y_m) - margin_m < bounds[3] and max(y_m) + margin_m > bounds[2]


def _reached_m(course: Course, share: float) -> float:
    """How far a crack that has gone a share of its way has come on a course; an arm starts when the crack passes it."""
    whole_m = float(course.way_m[-1])
    if course.leaves_at == 0.0:
        return share * whole_m
    return float(np.clip(_ARM_SHARE * (share - course.leaves_at) / course.leaves_at, 0.0, 1.0)) * whole_m


def _reaches(line_m: NDArray[np.float64], bounds: Bounds) -> bool:
    x_m, y_m = line_m.T
    inside = (x_m > bounds[0]) & (x_m < bounds[1]) & (y_m > bounds[2]) & (y_m < bounds[3])
    return bool(inside.any())
