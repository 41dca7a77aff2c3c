"""The scene: grains that stay where they are, layers where the layout says, materials that are what they are called."""

import numpy as np
import pytest
from numpy.typing import NDArray
from support.specimens import ANODE_Y_M, CATHODE_Y_M, SEPARATOR_Y_M

from operando.simulators.world.grains import grains_around
from operando.simulators.world.scene import Scene
from operando.simulators.world.scene_layout import grain_batch
from operando.simulators.world.scene_materials import MATERIALS, Phase
from operando.simulators.world.scene_raster import Raster
from operando.simulators.world.scene_texture import texture
from operando.simulators.world.signal_yields import backscatter_yield, beam_range_m


def sizes_m(preset: str) -> NDArray[np.float64]:
    """Diameters of the discs of many grains that lie in a square of 40 of the largest."""
    side_m = 20 * grain_batch(preset).largest_m
    return 2 * grains_around(grain_batch(preset), 3, (-side_m / 2, side_m / 2, -side_m / 2, side_m / 2), 0.0).radius_m


@pytest.mark.parametrize("preset", ["fine", "coarse"])
def test_grain_sizes_follow_the_sieve_cut_by_volume(preset: str) -> None:
    batch = grain_batch(preset)
    sizes = np.sort(sizes_m(preset))
    assert sizes[0] >= batch.smallest_m
    assert sizes[-1] <= batch.largest_m
    by_area = np.cumsum(sizes**2) / np.sum(sizes**2)
    d10, d50, d90 = (float(sizes[np.searchsorted(by_area, share)]) for share in (0.1, 0.5, 0.9))
    assert d50 == pytest.approx(batch.d50_m, rel=0.12)
    assert d10 == pytest.approx(batch.d10_m, rel=0.25)
    assert d90 == pytest.approx(batch.d90_m, rel=0.25)


def test_leaving_out_small_grains_does_not_move_the_large_ones() -> None:
    bounds = (0.0, 60e-6, 0.0, 60e-6)
    every, large = (grains_around(grain_batch("fine"), 3, bounds, finest) for finest in (0.0, 4e-6))
    everywhere = set(zip(every.x_m, every.y_m, strict=True))
    assert 50 < large.x_m.size < every.x_m.size / 3
    assert set(zip(large.x_m, large.y_m, strict=True)) <= everywhere


@pytest.mark.parametrize(
    ("y_m", "phase"),
    [
        pytest.param(-0.140e-3, Phase.STEEL, id="stamp above the lithium"),
        pytest.param(-0.250e-3, Phase.LITHIUM, id="lithium"),
        pytest.param(SEPARATOR_Y_M, Phase.ARGYRODITE, id="separator"),
        pytest.param(-1.010e-3, Phase.ALUMINIUM, id="current collector"),
        pytest.param(-1.100e-3, Phase.STEEL, id="stamp below"),
    ],
)
def test_layers_lie_where_the_layout_says(y_m: float, phase: Phase) -> None:
    shares = Scene.of("fine", 5).phase_shares(Raster.around(1.2e-3, y_m, 2e-6, 9), 0.0)
    assert shares[phase].min() == pytest.approx(1.0)
    assert shares.sum(axis=0) == pytest.approx(1.0)


def test_composite_is_about_55_per_cent_nmc() -> None:
    raster = Raster(np.linspace(0.0, 1e-3, 1500), np.linspace(-0.953e-3, -0.997e-3, 66), 0.67e-6)
    nmc = Scene.of("fine", 5).phase_shares(raster, 0.0)[Phase.NMC]
    assert nmc.mean() == pytest.approx(0.55, abs=0.06)


def test_boundary_lies_inside_the_anode_field_and_moves_down_as_lithium_grows() -> None:
    scene, raster = Scene.of("coarse", 5), Raster.around(1.2e-3, ANODE_Y_M, 45e-6, 181)
    before, after = (scene.phase_shares(raster, growth)[Phase.LITHIUM].mean() for growth in (0.0, 7.275e-6))
    assert 0.3 < before < 0.7
    assert (after - before) * 90e-6 == pytest.approx(7.275e-6, rel=0.02)


def test_cathode_field_shows_particles_and_matrix() -> None:
    shares = Scene.of("fine", 5).phase_shares(Raster.around(1.2e-3, CATHODE_Y_M, 10e-6, 101), 0.0)
    assert 0.2 < shares[Phase.NMC].mean() < 0.9
    assert shares[Phase.NMC].max() == 1.0
    assert shares[Phase.NMC].min() == 0.0


def test_texture_belongs_to_the_place_and_not_to_the_view() -> None:
    whole = Raster.around(0.0, 0.0, 20e-6, 161)
    part = Raster(whole.x_m[40:90], whole.y_m[30:70], whole.spacing_m)
    assert texture(8, part, 10e-6, 4) == pytest.approx(texture(8, whole, 10e-6, 4)[30:70, 40:90], abs=1e-4)


@pytest.mark.parametrize(
    ("phase", "expected"),
    [(Phase.ARGYRODITE, 0.161), (Phase.NMC, 0.204), (Phase.ALUMINIUM, 0.153), (Phase.LITHIUM, 0.022)],
)
def test_backscatter_yields_of_the_sheet(phase: Phase, expected: float) -> None:
    assert backscatter_yield(MATERIALS[phase].mass_fractions) == pytest.approx(expected, abs=0.003)


@pytest.mark.parametrize(
    ("phase", "voltage_V", "expected_um"),
    [
        (Phase.ARGYRODITE, 3e3, 0.28),
        (Phase.ARGYRODITE, 5e3, 0.66),
        (Phase.ARGYRODITE, 10e3, 2.1),
        (Phase.ARGYRODITE, 20e3, 6.7),
        (Phase.NMC, 5e3, 0.24),
        (Phase.NMC, 15e3, 1.5),
    ],
)
def test_beam_ranges_of_the_sheet(phase: Phase, voltage_V: float, expected_um: float) -> None:
    assert beam_range_m(MATERIALS[phase], voltage_V) * 1e6 == pytest.approx(expected_um, rel=0.03)


def test_unknown_preset_names_those_there_are() -> None:
    with pytest.raises(ValueError, match="fine, coarse"):
        Scene.of("medium", 1)
