"""What the cell did is in the pictures, where the truth says so, and in any portions of a frame the same."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from support.specimens import ANODE_Y_M, CATHODE_Y_M, SEPARATOR_Y_M, picture, scan

from operando.simulators.world.cell import SimulatedCell
from operando.simulators.world.cell_view import CellView
from operando.simulators.world.crack_lines import chord_m, ruler_length_m
from operando.simulators.world.presets import PresetName, cell_preset
from operando.simulators.world.scene import Scene
from operando.simulators.world.specimen import Specimen

HOUR_S = 3600.0
NOW_S = 100.0


class WornCell:
    """A cell in one state, from a moment on in another one."""

    def __init__(self, state: CellView, later: CellView | None = None, from_s: float = 0.0) -> None:
        self._states, self._from_s = (state, later or state), from_s

    def at(self, time_s: float) -> CellView:
        """The state at a time."""
        return replace(self._states[time_s >= self._from_s], time_s=time_s)


@pytest.fixture(scope="module")
def cracked() -> CellView:
    """A fine cell with long cracks, as seven charges with half of its contact torn leave it."""
    cell = SimulatedCell(cell_preset("fine"), 1)
    cell.inject_contact_loss(0.55, 0.0)
    for half in range(10):
        cell.drive_current(0.118e-3 if half % 2 == 0 else -0.118e-3, half * 8 * HOUR_S)
        cell.measure((half + 1) * 8 * HOUR_S)
    return replace(cell.at(79 * HOUR_S), lithium_growth_m=0.0, contact_loss=0.0)


def fresh() -> CellView:
    return CellView(0.0, 3.8, 0.0, 0.0, 0.0)


def crossing(view: CellView) -> float:
    """x of a crack at the lithium that reaches some way down."""
    interface = view.interface
    assert interface is not None
    cut = np.where(interface.flaws.behind_m == 0, interface.cracks.crack_m, 0.0)
    straight = np.array([kind == "straight" for kind in interface.flaws.kinds])
    return float(interface.flaws.position_m[int(np.argmax(cut * straight))])


@pytest.mark.parametrize("detector", [0, 1], ids=["SE", "BSE"])
def test_cracks_are_dark_where_they_are_and_nothing_changes_elsewhere(cracked: CellView, detector: int) -> None:
    exposure = scan(ANODE_Y_M - 40e-6, x_m=crossing(cracked), width_m=100e-6, dwell_s=2e-3, pixels=(256, 192))
    before, after = (
        picture(Specimen("fine", 7, WornCell(view)), exposure)[detector]
        for view in (fresh(), replace(fresh(), interface=cracked.interface))
    )
    changed = np.abs(after - before) > 0.15
    assert 0.002 < changed.mean() < 0.12
    assert float((after - before)[changed].mean()) < -0.1


def test_truth_of_a_field_without_wear_is_zero_and_elsewhere_nan() -> None:
    specimen = Specimen("fine", 7, WornCell(fresh()))
    picture(specimen, scan(ANODE_Y_M))
    anode = specimen.field_truth(NOW_S)
    assert (anode["field_contact_loss"], anode["field_gap_mean_m"], anode["field_crack_m"]) == (0.0, 0.0, 0.0)
    assert anode["field_boundary_y_m"] == pytest.approx(ANODE_Y_M, abs=5e-6)
    assert np.isnan(anode["field_cathode_sei_m"])
    assert all(np.isnan(value) for value in specimen.field_truth(NOW_S + 1000.0).values())


@pytest.mark.parametrize("lost", [0.2, 0.5, 0.8])
def test_true_gap_is_the_one_in_the_picture(lost: float) -> None:
    specimen = Specimen("fine", 7, WornCell(replace(fresh(), contact_loss=lost)))
    exposure = scan(ANODE_Y_M, width_m=240e-6, pixels=(1536, 256), dwell_s=2e-3, detectors=("BSE",))
    gaping = picture(specimen, exposure)[0]
    closed = picture(Specimen("fine", 7, WornCell(fresh())), exposure)[0]
    truth = specimen.field_truth(NOW_S)
    area_m2 = (
        float(np.clip((closed - gaping) / (0.85 * closed), 0, 1)[gaping < closed - 0.25].sum()) * (240e-6 / 1536) ** 2
    )
    assert area_m2 / 240e-6 == pytest.approx(truth["field_gap_mean_m"] * truth["field_contact_loss"], rel=0.2)


def test_one_rule_makes_straight_cracks_in_small_grains_and_sinuous_ones_in_large() -> None:
    tortuosity = {}
    for preset in ("fine", "coarse"):
        cracks = Scene.of(preset, 5).cracks.within(
            (-0.6e-3, 0.6e-3, -0.95e-3, -0.35e-3), replace(fresh(), cycles=30.0).worn
        )
        lines = [line for crack in cracks if chord_m(line := crack.line_m()) > 120e-6]
        assert len(lines) > 8
        tortuosity[preset] = sum(map(ruler_length_m, lines)) / sum(map(chord_m, lines))
    assert 1.01 < tortuosity["fine"] < 1.07
    assert 1.09 < tortuosity["coarse"] < 1.30


@pytest.mark.parametrize("preset", ["fine", "coarse"])
def test_cracks_run_along_grain_boundaries(preset: PresetName) -> None:
    scene = Scene.of(preset, 5)
    crack = max(
        scene.cracks.within((0.0, 0.4e-3, -0.8e-3, -0.5e-3), replace(fresh(), cycles=30.0).worn), key=lambda c: c.tip_m
    )
    line = crack.line_m()[50:-50:40]
    away = [scene.electrolyte.boundary_distance_m(float(x), float(y)) for x, y in line]
    assert float(np.median(away)) < 0.15e-6


def test_filaments_end_where_the_population_says(cracked: CellView) -> None:
    scene = Scene.of("fine", 5)
    cracks = scene.cracks.within((-5e-3, 5e-3, -0.95e-3, -0.35e-3), replace(fresh(), interface=cracked.interface).worn)
    assert cracks
    assert all(0 <= crack.filled_m <= crack.tip_m <= crack.course.way_m[-1] * 1.0001 for crack in cracks)
    names = {crack.course.name[0] for crack in cracks}
    interface = cracked.interface
    assert interface is not None
    assert names == set(np.flatnonzero((interface.flaws.behind_m == 0) & interface.grown))
    assert {crack.course.kind for crack in cracks} <= {"straight", "branching", "spalling", "diffuse"}


def test_interphase_on_nmc_darkens_its_rim_and_is_fainter_the_thinner_it_is() -> None:
    sharp = Specimen("fine", 7, WornCell(fresh()))
    exposure = scan(
        CATHODE_Y_M, width_m=16e-6, pixels=(512, 384), voltage_V=3e3, dwell_s=5e-3, detectors=("SE",), focus_of=sharp
    )
    bare, thin, thick = (
        picture(Specimen("fine", 7, WornCell(replace(fresh(), cathode_sei_m=nm * 1e-9))), exposure)[0]
        for nm in (0, 25, 100)
    )
    rim = thick - bare < -0.1
    assert 0.005 < rim.mean() < 0.2
    assert float((thick - bare)[rim].mean()) < 2 * float((thin - bare)[rim].mean()) < 0


def test_a_short_in_the_middle_of_a_frame_shows_in_its_lower_half() -> None:
    exposure = scan(CATHODE_Y_M, width_m=20e-6, detectors=("SE",), dwell_s=2e-3)
    half_s = exposure.start_s + 72 * exposure.line_time_s
    shorted = WornCell(fresh(), replace(fresh(), voltage_V=0.3), half_s)
    steady, falling = (picture(Specimen("fine", 7, cell), exposure)[0] for cell in (WornCell(fresh()), shorted))
    assert np.array_equal(steady[:72], falling[:72])
    # a positive cathode holds secondaries back: 2 % for each volt
    assert float((falling[74:] / steady[74:]).mean()) == pytest.approx((1 - 0.02 * 0.3) / (1 - 0.02 * 3.8), abs=0.01)


@settings(max_examples=5, deadline=None)
@given(cuts=st.sets(st.integers(1, 143), max_size=4))
def test_worn_lines_do_not_depend_on_portions(cracked: CellView, cuts: set[int]) -> None:
    exposure = scan(ANODE_Y_M - 40e-6, x_m=crossing(cracked), width_m=100e-6)
    half_s = exposure.start_s + 60 * exposure.line_time_s
    specimen = Specimen("fine", 7, WornCell(fresh(), replace(fresh(), interface=cracked.interface), half_s))
    whole = picture(specimen, exposure)
    bounds = [0, *sorted(cuts), 144]
    parts = [specimen.expose(exposure, range(a, b)) for a, b in pairwise(bounds)]
    for detector, signal in enumerate(whole):
        assert np.array_equal(signal, np.concatenate([part[detector] for part in parts]))


def test_separator_far_from_everything_shows_no_cracks_when_fresh() -> None:
    scene = Scene.of("coarse", 5)
    assert scene.cracks.within((0.0, 1e-3, SEPARATOR_Y_M - 1e-4, SEPARATOR_Y_M + 1e-4), fresh().worn) == []


def lines_of(values: NDArray[np.float64]) -> float:
    return ruler_length_m(np.column_stack([values, np.zeros_like(values)]))


@given(length_um=st.floats(1.0, 500.0))
def test_ruler_measures_straight_lines_as_they_are(length_um: float) -> None:
    assert lines_of(np.linspace(0.0, length_um * 1e-6, 4000)) == pytest.approx(length_um * 1e-6, rel=0.02)
