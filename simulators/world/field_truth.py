"""What is true of the piece of section in a field: gap, cracks, filaments, interphases, as analysis should find them.

Lengths of cracks are stated with the ruler of `crack_lines`. What does not lie in the field is NaN, not zero.
"""

from collections.abc import Callable, Mapping, Sequence
from math import cos, nan, sin

import numpy as np
from numpy.typing import NDArray

from operando.simulators.world.cell_view import CellView
from operando.simulators.world.crack_lines import chord_m, pieces_inside, ruler_length_m
from operando.simulators.world.optics_field import ScanField
from operando.simulators.world.scene import Scene
from operando.simulators.world.scene_cathode_edge import delamination_opens_at
from operando.simulators.world.scene_cracks import Crack
from operando.simulators.world.scene_materials import Phase
from operando.simulators.world.signal_cathode import delamination_gap_m

__all__ = ["NOTHING_IN_VIEW", "field_truth", "named_shares"]

_POINTS = 640
_ONE_LINE_M = 1e-6
_KINDS = ("straight", "branching", "spalling", "diffuse")

NOTHING_IN_VIEW: Mapping[str, float] = {
    "field_gap_mean_m": nan,
    "field_gap_widest_m": nan,
    "field_contact_loss": nan,
    "field_boundary_y_m": nan,
    "field_anode_sei_m": nan,
    "field_cathode_sei_m": nan,
    "field_delamination_gap_m": nan,
    "field_delaminated_fraction": nan,
    "field_crack_count": nan,
    "field_crack_m": nan,
    "field_crack_chord_m": nan,
    "field_crack_tortuosity": nan,
    "field_lamination_m": nan,
    "field_filament_count": nan,
    **{f"field_{kind}_filament_m": nan for kind in _KINDS},
    **{f"field_share_{phase.name.lower()}": nan for phase in Phase},
}
"""Every quantity, without a value."""


def named_shares(shares: Sequence[float]) -> dict[str, float]:
    """Area shares of the phases, in the order of `Phase`, from which X-rays came."""
    return {f"field_share_{phase.name.lower()}": shares[phase] for phase in Phase}


class _Inside:
    """Whether points lie in a field that has drifted."""

    def __init__(self, field: ScanField, drift_m: tuple[float, float]) -> None:
        self.centre = np.array(field.centre_m) + drift_m
        self._half = 0.5 * field.width_m * np.array([1.0, field.pixels[1] / field.pixels[0]])
        self._turn = (cos(field.rotation_rad), sin(field.rotation_rad))
        self.reach_m = float(np.hypot(*self._half))
        self.lowest_m, self.highest_m = (float(self.centre[1]) + side * self.reach_m for side in (-1, 1))

    def __call__(self, points_m: NDArray[np.float64]) -> NDArray[np.bool_]:
        across, up = (points_m - self.centre).T
        cosine, sine = self._turn
        along = np.abs(across * cosine + up * sine) <= self._half[0]
        return np.asarray(along & (np.abs(up * cosine - across * sine) <= self._half[1]))

    def near(self, points_m: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Whether points lie inside, or so near that they could be taken for points inside."""
        away = np.abs(points_m - self.centre).max(axis=1)
        return np.asarray(away <= self.reach_m + 2 * _ONE_LINE_M)

    @property
    def bounds_m(self) -> tuple[float, float, float, float]:
        """The rectangle along the axes (left, right, bottom, top) in which lines can be that matter inside."""
        cosine, sine = (abs(part) for part in self._turn)
        across, up = self._half @ np.array([[cosine, sine], [sine, cosine]]) + 2 * _ONE_LINE_M
        x_m, y_m = self.centre
        return (float(x_m - across), float(x_m + across), float(y_m - up), float(y_m + up))

    @property
    def x_m(self) -> NDArray[np.float64]:
        """Places across the field."""
        return float(self.centre[0]) + np.linspace(-self.reach_m, self.reach_m, _POINTS)


def field_truth(scene: Scene, field: ScanField, drift_m: tuple[float, float], cell: CellView) -> dict[str, float]:
    """What is true in a field in a state of the cell, by name with unit."""
    inside = _Inside(field, drift_m)
    found = dict(NOTHING_IN_VIEW)
    found |= _at_lithium(scene, inside, cell)
    found |= _at_cathode(scene, inside, cell)
    return found | _cracked(scene, inside, cell)


def _at_lithium(scene: Scene, inside: _Inside, cell: CellView) -> dict[str, float]:
    low_m, high_m = (edge_m - cell.lithium_growth_m for edge_m in scene.lithium.boundary_within_m)
    if inside.lowest_m > high_m or inside.highest_m < low_m:
        return {}
    y_m = scene.lithium.boundary_y_m(inside.x_m) - cell.lithium_growth_m
    here = inside(np.column_stack([inside.x_m, y_m]))
    if not here.any():
        return {}
    gap_m = scene.lithium.gap_m(inside.x_m[here], cell.contact_loss)
    opened = gap_m > 0
    return {
        "field_gap_mean_m": float(gap_m[opened].mean()) if opened.any() else 0.0,
        "field_gap_widest_m": float(gap_m.max()),
        "field_contact_loss": float(opened.mean()),
        "field_boundary_y_m": float(y_m[here].mean()),
        "field_anode_sei_m": cell.anode_sei_m,
    }


def _at_cathode(scene: Scene, inside: _Inside, cell: CellView) -> dict[str, float]:
    layout, found = scene.layout, dict[str, float]()
    if inside.lowest_m < layout.composite_top_m and inside.highest_m > layout.collector_top_m:
        found["field_cathode_sei_m"] = cell.cathode_sei_m
    here = inside(np.column_stack([inside.x_m, scene.cathode_top_y_m(inside.x_m)]))
    if here.any():
        opens_at = delamination_opens_at(scene.composite.seed, inside.x_m[here]).astype(np.float32)
        gap_m = delamination_gap_m(cell.worn.delaminated, opens_at)
        opened = gap_m > 0
        found["field_delaminated_fraction"] = float(opened.mean())
        found["field_delamination_gap_m"] = float(gap_m[opened].mean()) if opened.any() else 0.0
    return found


def _cracked(scene: Scene, inside: _Inside, cell: CellView) -> dict[str, float]:
    if inside.highest_m < scene.layout.composite_top_m or inside.lowest_m > scene.layout.lithium_boundary_m:
        return {}

    def uncovered(points_m: NDArray[np.float64]) -> NDArray[np.bool_]:
        bare = inside(points_m)
        # the boundary need only be known where it can be
        near = bare & (points_m[:, 1] >= scene.lithium.boundary_within_m[0] - cell.lithium_growth_m)
        if near.any():
            lithium_y_m = scene.lithium.boundary_y_m(points_m[near, 0]) - cell.lithium_growth_m
            bare[near] = points_m[near, 1] < lithium_y_m
        return bare

    filled = dict.fromkeys(_KINDS, 0.0)
    seen, filaments, laminated_m, length_m, chords_m = set[int](), set[int](), 0.0, 0.0, 0.0
    counted: list[NDArray[np.float64]] = []
    for crack in scene.cracks.within(inside.bounds_m, cell.worn):
        line_m = crack.line_m()
        alone = _apart_from(counted, uncovered)
        pieces = pieces_inside(line_m, alone)
        counted.append(line_m[inside.near(line_m)])
        if not pieces:
            continue
        seen.add(crack.course.name[0])
        piece_m = sum(ruler_length_m(piece) for piece in pieces)
        length_m += piece_m
        chords_m += sum(chord_m(piece) for piece in pieces)
        if crack.mouthless:
            laminated_m += piece_m
        elif (lithium_m := _filled_m(crack, alone)) > 0:
            filaments.add(crack.course.name[0])
            filled[crack.course.kind] += lithium_m
    return {
        "field_crack_count": float(len(seen)),
        "field_crack_m": length_m,
        "field_crack_chord_m": chords_m,
        "field_crack_tortuosity": length_m / chords_m if chords_m > 0 else nan,
        "field_lamination_m": laminated_m,
        "field_filament_count": float(len(filaments)),
        **{f"field_{kind}_filament_m": there_m for kind, there_m in filled.items()},
    }


def _apart_from(
    counted: list[NDArray[np.float64]], inside: Callable[[NDArray[np.float64]], NDArray[np.bool_]]
) -> Callable[[NDArray[np.float64]], NDArray[np.bool_]]:
    """Whether points lie inside and on no line counted before: cracks that share a grain boundary are one to see."""
    if not counted:
        return inside
    from scipy.spatial import cKDTree

    tree = cKDTree(np.concatenate(counted))

    def alone(points_m: NDArray[np.float64]) -> NDArray[np.bool_]:
        bare = inside(points_m)
        if bare.any():
            bare[bare] = tree.query(points_m[bare], distance_upper_bound=2 * _ONE_LINE_M)[0] > _ONE_LINE_M
        return bare

    return alone


def _filled_m(crack: Crack, uncovered: Callable[[NDArray[np.float64]], NDArray[np.bool_]]) -> float:
    return sum(ruler_length_m(piece) for piece in pieces_inside(crack.filled_line_m(), uncovered))
