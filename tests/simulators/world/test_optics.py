"""Focus, drift and the geometry of a scan."""

import math
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from support.specimens import ANODE_Y_M, ScriptedCell, picture, scan

from operando.simulators.world.beam import Beam, BeamSettings, StagePose
from operando.simulators.world.optics_blur import Spread, blurred, probe_spread
from operando.simulators.world.optics_drift import Drift
from operando.simulators.world.optics_field import ScanField
from operando.simulators.world.optics_focus import FocusPlane
from operando.simulators.world.specimen import Specimen


@pytest.fixture(scope="module")
def specimen() -> Specimen:
    return Specimen("fine", 7, ScriptedCell())


def sharpness(signal: NDArray[np.float32]) -> float:
    """Mean square of the differences between neighbours."""
    return float(np.mean(np.diff(signal, axis=1) ** 2))


def test_pictures_lose_sharpness_with_defocus_on_both_sides(specimen: Specimen) -> None:
    def seen(defocus_m: float) -> float:
        exposure = scan(width_m=30e-6, dwell_s=1e-2, focus_of=specimen, defocus_m=defocus_m, detectors=("SE",))
        return sharpness(picture(specimen, exposure)[0])

    below, near_below, focus, near_above, above = (seen(d) for d in (-200e-6, -50e-6, 0.0, 50e-6, 200e-6))
    assert focus > 1.5 * near_above > 3 * above
    assert focus > 1.5 * near_below > 3 * below


def test_defocus_of_100_um_blurs_by_the_convergence_angle() -> None:
    spread = probe_spread(BeamSettings(5e3, 1e-10), 100e-6)
    # 7 mrad x 100 um
    assert math.sqrt(spread.along_m2) == pytest.approx(0.7e-6, rel=0.01)
    assert spread.along_m2 == pytest.approx(spread.across_m2)


def test_astigmatism_turns_the_blur_over_through_focus() -> None:
    beam = BeamSettings(5e3, 1e-10, stigmators=(40.0, 0.0))
    over, under = (probe_spread(beam, defocus_m) for defocus_m in (30e-6, -30e-6))
    assert over.along_m2 > 10 * over.across_m2
    assert under.across_m2 > 10 * under.along_m2
    diagonal = probe_spread(replace(beam, stigmators=(0.0, 40.0)), 30e-6)
    assert diagonal.along_m2 == pytest.approx(diagonal.across_m2)
    assert diagonal.mixed_m2 > 0


def test_blur_has_the_width_and_direction_of_its_spread() -> None:
    point = np.zeros((128, 160), np.float32)
    point[64, 80] = 1
    spread = Spread(along_m2=16.0, across_m2=9.0, mixed_m2=6.0)
    spot = blurred(point, spread, spread, 0.5, pixel_m=1.0)
    up, right = 64 - np.arange(128)[:, None], np.arange(160)[None, :] - 80
    assert float((spot * right**2).sum()) == pytest.approx(16.0, rel=0.02)
    assert float((spot * up**2).sum()) == pytest.approx(9.0, rel=0.02)
    assert float((spot * up * right).sum()) == pytest.approx(6.0, rel=0.02)


def test_drift_is_a_function_of_time_and_slow() -> None:
    drift, times_s = Drift(3), np.linspace(0.0, 72_000.0, 7201)
    walk_m = drift.at(times_s)
    assert walk_m[::-1] == pytest.approx(drift.at(times_s[::-1].copy()))
    rate = np.hypot(*np.diff(walk_m, axis=0).T) / 10.0
    assert 0.05e-9 < np.median(rate) < 5e-9
    assert np.ptp(walk_m, axis=0).min() > 0.3e-6


def test_focus_follows_the_tilted_plane_the_voltage_and_the_stage_height() -> None:
    plane = FocusPlane(10e-3, slope=(4e-3, -2e-3))
    beam = BeamSettings(5e3, 1e-10)
    assert plane.best_working_distance_m(StagePose(), beam) == 10e-3
    assert plane.best_working_distance_m(StagePose(1e-3, 1e-3), beam) == pytest.approx(10e-3 + 2e-6)
    assert plane.best_working_distance_m(StagePose(z_m=0.5e-3), beam) == pytest.approx(9.5e-3)
    assert plane.best_working_distance_m(StagePose(), BeamSettings(15e3, 1e-10)) == pytest.approx(10.015e-3)


@pytest.mark.parametrize("seed", range(5))
def test_specimen_is_mounted_a_few_um_per_mm_askew(seed: int) -> None:
    specimen = Specimen("fine", seed, ScriptedCell())
    beam = BeamSettings(5e3, 1e-10)
    here, there = (specimen.best_working_distance_m(Beam(beam, StagePose(x_m))) for x_m in (0.0, 1e-3))
    assert here == pytest.approx(10e-3, abs=0.1e-3)
    assert abs(there - here) < 10e-6


def test_points_of_a_turned_field_lie_where_the_scan_turns_to() -> None:
    beam = BeamSettings(5e3, 1e-10, field_width_m=100e-6, scan_rotation_rad=math.pi / 2)
    field = ScanField.of(StagePose(1e-3, -0.5e-3), beam, (4, 3))
    # the right edge of the picture is up on the specimen after a quarter turn
    assert field.point_m((1.0, 0.5)) == pytest.approx((1e-3, -0.45e-3))
    assert field.point_m((0.5, 0.0)) == pytest.approx((1e-3 - 37.5e-6, -0.5e-3))


def test_a_turned_scan_shows_the_same_specimen_turned(specimen: Specimen) -> None:
    upright = scan(ANODE_Y_M, width_m=40e-6, pixels=(160, 160), dwell_s=5e-3, detectors=("BSE",))
    straight = picture(specimen, upright)[0]
    turned = picture(
        specimen,
        scan(ANODE_Y_M, width_m=40e-6, pixels=(160, 160), dwell_s=5e-3, detectors=("BSE",), rotation_rad=math.pi / 2),
    )[0]
    # column c of the turned picture is c up on the specimen; its rows go to the right
    back = np.rot90(turned)
    inner = (slice(10, 150), slice(10, 150))
    assert np.corrcoef(straight[inner].ravel(), back[inner].ravel())[0, 1] > 0.95


def test_beam_shift_moves_the_field_as_the_stage_does(specimen: Specimen) -> None:
    by_stage = scan(x_m=1.2e-3 + 6e-6, detectors=("BSE",), dwell_s=5e-3)
    shifted = scan(detectors=("BSE",), dwell_s=5e-3)
    by_shift = replace(shifted, beam=replace(shifted.beam, shift_m=(6e-6, 0.0)))
    one, other = picture(specimen, by_stage)[0], picture(specimen, by_shift)[0]
    assert np.corrcoef(one.ravel(), other.ravel())[0, 1] > 0.97
