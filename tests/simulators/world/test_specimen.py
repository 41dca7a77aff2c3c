"""The specimen as a whole: it is the same wherever one has been, and it remembers the beam."""

import numpy as np
import pytest
from numpy.typing import NDArray
from support.specimens import SEPARATOR_Y_M, ScriptedCell, picture, scan, standing_beam

from operando.simulators.world.beam import Beam, BeamSettings, StagePose
from operando.simulators.world.cell_view import CellView
from operando.simulators.world.specimen import Specimen

CELL_NOW = CellView(0.0, 3.8, 0.0, 0.0, 0.0)


@pytest.fixture(scope="module")
def specimen() -> Specimen:
    return Specimen("fine", 7, ScriptedCell())


def likeness(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])


def test_the_same_grains_are_there_after_moving_away_and_back(specimen: Specimen) -> None:
    first = picture(specimen, scan(frame=1))[1]
    elsewhere = [picture(specimen, scan(x_m=1.3e-3 + 1e-4 * step, frame=2 + step))[1] for step in range(6)]
    back = picture(specimen, scan(frame=9, start_s=130.0))[1]
    assert likeness(first, back) > 0.93
    assert max(likeness(first, other) for other in elsewhere) < 0.4


def test_neighbouring_fields_continue_each_other(specimen: Specimen) -> None:
    left = picture(specimen, scan(x_m=1.2e-3, dwell_s=5e-3))[1]
    right = picture(specimen, scan(x_m=1.2e-3 + 30e-6, dwell_s=5e-3))[1]
    assert likeness(left[:, 96:], right[:, :96]) > 0.97


def test_a_closer_look_shows_the_same_grains_with_more_detail(specimen: Specimen) -> None:
    wide = picture(specimen, scan(width_m=60e-6, dwell_s=5e-3, pixels=(256, 192), detectors=("SE",)))[0]
    close = picture(specimen, scan(width_m=15e-6, dwell_s=5e-3, pixels=(256, 192), detectors=("SE",)))[0]
    averaged = close.reshape(48, 4, 64, 4).mean(axis=(1, 3))
    assert likeness(averaged, wide[72:120, 96:160]) > 0.8
    # within the pixels of the wide view there is more than noise: it is there again in the next frame
    again = picture(specimen, scan(width_m=15e-6, dwell_s=5e-3, pixels=(256, 192), detectors=("SE",), frame=2))[0]
    blocks = np.kron(averaged, np.ones((4, 4), np.float32))
    assert likeness(close - blocks, again - blocks) > 0.8


def test_one_seed_makes_one_specimen() -> None:
    same = [picture(Specimen("coarse", seed, ScriptedCell()), scan())[0] for seed in (3, 3, 4)]
    assert np.array_equal(same[0], same[1])
    assert likeness(same[0], same[2]) < 0.3


def test_frames_differ_only_in_noise_that_belongs_to_their_number(specimen: Specimen) -> None:
    one, again, other = (picture(specimen, scan(frame=frame))[0] for frame in (5, 5, 6))
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)


def test_pictures_do_not_depend_on_what_was_looked_at_before() -> None:
    fresh, used = (Specimen("fine", 7, ScriptedCell()) for _ in range(2))
    for step in range(3):
        picture(used, scan(x_m=1.2e-3 + step * 3.7e-6, width_m=47e-6))
    assert np.array_equal(picture(fresh, scan())[0], picture(used, scan())[0])


@pytest.mark.parametrize(
    ("y_m", "eta"),
    [pytest.param(SEPARATOR_Y_M, 0.161, id="argyrodite"), pytest.param(-0.25e-3, 0.024, id="lithium")],
)
def test_absorbed_current_is_what_does_not_come_back(specimen: Specimen, y_m: float, eta: float) -> None:
    absorbed = specimen.absorbed_current_A(standing_beam(y_m, voltage_V=20e3), CELL_NOW)
    # secondaries add less than 0.2 at 20 kV
    assert (1 - eta - 0.2) * 1e-9 < absorbed < (1 - eta) * 1e-9


def test_no_current_reaches_a_specimen_behind_a_blanked_beam(specimen: Specimen) -> None:
    beam = standing_beam(SEPARATOR_Y_M)
    beam.on_specimen = False
    assert specimen.absorbed_current_A(beam, CELL_NOW) == 0.0


def test_dose_is_booked_by_spot_and_by_field() -> None:
    specimen = Specimen("fine", 7, ScriptedCell())
    spot = standing_beam(SEPARATOR_Y_M, current_A=1e-9)
    specimen.beam_changed(spot, 0.0)
    specimen.beam_changed(spot, 60.0)
    absorbed_C = specimen.absorbed_current_A(spot, CELL_NOW) * 60.0
    # where drift had brought it, some micrometres away at most
    (booked,) = specimen.dose.within((1.195e-3, 1.205e-3, SEPARATOR_Y_M - 5e-6, SEPARATOR_Y_M + 5e-6))
    assert booked.is_spot
    assert booked.dose_C_per_m2 * 1e-12 == pytest.approx(absorbed_C)
    assert specimen.dose.at(1.22e-3, SEPARATOR_Y_M) == 0.0

    scanning = Beam(BeamSettings(5e3, 1e-10, 0.01, 120e-6), StagePose(2e-3, SEPARATOR_Y_M), True, None)
    specimen.beam_changed(scanning, 61.6)
    # the sheet: 100 pA over 120 x 90 um for 1.6 s is 0.015 C/m2 arriving; about half of it stays at 5 kV
    assert specimen.dose.at(2.05e-3, SEPARATOR_Y_M) == pytest.approx(0.015 * 0.5, rel=0.1)
