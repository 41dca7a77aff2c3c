"""Pictures: contrast, noise, and each line exposed at its own moment."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from support.specimens import ANODE_Y_M, CATHODE_Y_M, SEPARATOR_Y_M, ScriptedCell, picture, scan

from operando.simulators.world.signal_noise import counted
from operando.simulators.world.specimen import Specimen

ELEMENTARY_CHARGE_C = 1.602176634e-19


@pytest.fixture(scope="module")
def specimen() -> Specimen:
    return Specimen("fine", 7, ScriptedCell())


def boundary_m(backscattered: NDArray[np.float32], pixel_m: float) -> NDArray[np.float64]:
    """Depth below the top at which each column leaves the dark lithium."""
    return np.asarray(np.argmax(backscattered > 0.55, axis=0) * pixel_m)


def test_bulk_argyrodite_has_a_signal_of_about_one(specimen: Specimen) -> None:
    fields = [picture(specimen, scan(x_m=x_m, width_m=120e-6, pixels=(512, 384))) for x_m in (-1e-3, 0.0, 1e-3, 2e-3)]
    for signals in zip(*fields, strict=True):
        assert {(signal.dtype.name, signal.shape) for signal in signals} == {("float32", (384, 512))}
        assert float(np.mean(signals)) == pytest.approx(1.0, abs=0.08)


def test_backscattered_electrons_rank_nmc_argyrodite_lithium(specimen: Specimen) -> None:
    cathode, separator, lithium = (
        picture(specimen, scan(y_m, width_m=20e-6, detectors=("BSE",)))[0]
        for y_m in (CATHODE_Y_M, SEPARATOR_Y_M, -0.250e-3)
    )
    nmc, argyrodite = np.quantile(cathode, 0.9), np.median(separator)
    # 0.204 : 0.161 : 0.022 are the yields of the sheet
    assert nmc / argyrodite == pytest.approx(0.204 / 0.161, rel=0.08)
    assert np.median(lithium) / argyrodite == pytest.approx(0.024 / 0.161, rel=0.35)


@pytest.mark.parametrize("charge_mAh_cm2", [0.5, 1.5])
def test_lithium_boundary_moves_4_85_um_per_mAh_cm2(charge_mAh_cm2: float) -> None:
    grown_m = 4.85e-6 * charge_mAh_cm2
    exposure = scan(ANODE_Y_M, width_m=60e-6, pixels=(384, 288), detectors=("BSE",), dwell_s=1e-3)
    before, after = (
        picture(Specimen("coarse", 7, cell), exposure)[0] for cell in (ScriptedCell(), ScriptedCell(lambda _: grown_m))
    )
    pixel_m = 60e-6 / 384
    moved = np.median(boundary_m(after, pixel_m) - boundary_m(before, pixel_m))
    assert moved == pytest.approx(grown_m, abs=1.5 * pixel_m)


def test_lost_contact_opens_a_dark_gap_below_the_lithium() -> None:
    exposure = scan(ANODE_Y_M, width_m=120e-6, detectors=("SE",))
    closed, gaping = (
        picture(Specimen("fine", 7, ScriptedCell(contact_loss=theta)), exposure)[0] for theta in (0.0, 0.6)
    )
    darker = gaping < closed - 0.3
    rows = np.flatnonzero(darker.sum(axis=1) > 5)
    assert 0.005 < darker.mean() < 0.05
    assert rows.max() - rows.min() < 40


def test_a_jump_of_the_cell_shows_only_below_the_line_at_which_it_happens() -> None:
    exposure = scan(ANODE_Y_M, width_m=60e-6, detectors=("BSE",), rotation_rad=np.pi / 2, dwell_s=500e-6)
    half_s = exposure.start_s + 72 * exposure.line_time_s
    still = picture(Specimen("coarse", 7, ScriptedCell()), exposure)[0]
    jumping = picture(Specimen("coarse", 7, ScriptedCell(lambda t: 5e-6 if t >= half_s else 0.0)), exposure)[0]
    assert np.array_equal(still[:72], jumping[:72])
    shifted = (np.abs(still[72:] - jumping[72:]) > 0.5).sum(axis=1)
    # 5 um are 16 pixels of every later line
    assert np.median(shifted) == pytest.approx(16, abs=2)
    assert shifted.min() > 8


@settings(max_examples=15, deadline=None)
@given(cuts=st.sets(st.integers(1, 143), max_size=5))
def test_lines_do_not_depend_on_the_portions_in_which_they_are_read(specimen: Specimen, cuts: set[int]) -> None:
    growing = Specimen("fine", 7, ScriptedCell(lambda t: 1e-7 * t))
    for subject, exposure in ((specimen, scan(current_A=2e-13)), (growing, scan(ANODE_Y_M, dwell_s=1e-3))):
        whole = picture(subject, exposure)
        bounds = [0, *sorted(cuts), 144]
        parts = [subject.expose(exposure, range(a, b)) for a, b in pairwise(bounds)]
        for detector, signal in enumerate(whole):
            assert np.array_equal(signal, np.concatenate([part[detector] for part in parts]))


def test_no_line_asks_the_cell_for_its_future() -> None:
    exposure = scan(ANODE_Y_M, dwell_s=1e-3)
    now_s = exposure.start_s + 99 * exposure.line_time_s
    specimen = Specimen("fine", 7, ScriptedCell(now_s=now_s))
    assert specimen.expose(exposure, range(100))[0].shape == (100, 192)


@pytest.mark.parametrize("current_A", [1e-12, 20e-12, 100e-12], ids=["few electrons", "some", "many"])
def test_noise_of_backscattered_electrons_is_that_of_their_number(specimen: Specimen, current_A: float) -> None:
    exposure = scan(current_A=current_A, dwell_s=10e-6, detectors=("BSE",))
    first, second = (picture(specimen, replace(exposure, frame=frame))[0] for frame in (1, 2))
    # the sheet's yield of argyrodite and the detector's 35 % of them, noise 10 % over Poisson's
    electrons = current_A * 10e-6 / ELEMENTARY_CHARGE_C * 0.161 * 0.35
    variance = float(np.var(first - second)) / 2
    assert variance == pytest.approx(1.1 * float(first.mean()) / electrons, rel=0.04)


@pytest.mark.parametrize("factor", [2, 8])
def test_dwell_and_current_count_alike(specimen: Specimen, factor: int) -> None:
    def variance(dwell_s: float, current_A: float) -> float:
        exposure = replace(scan(dwell_s=dwell_s, current_A=current_A), line_time_s=0.0)
        first, second = (picture(specimen, replace(exposure, frame=frame))[0] for frame in (1, 2))
        return float(np.var(first - second))

    base, longer = variance(2e-6, 1e-10), variance(2e-6 * factor, 1e-10)
    brighter = variance(2e-6, 1e-10 * factor)
    assert base / longer == pytest.approx(factor, rel=0.06)
    assert brighter == pytest.approx(longer, rel=0.06)


def test_counting_keeps_mean_and_never_repeats_a_line() -> None:
    flat = np.full((200, 512), 0.5, np.float32)
    for electrons in (3.0, 40.0):
        drawn = counted(flat, electrons, 1.0, range(200), seed=4)
        assert float(drawn.mean()) == pytest.approx(0.5, rel=0.01)
        assert float(drawn.var()) == pytest.approx(0.5 / electrons, rel=0.03)
        alike = np.asarray(np.corrcoef(drawn)) - np.eye(200)
        assert np.abs(alike).max() < 0.3


def test_without_beam_there_is_no_signal(specimen: Specimen) -> None:
    for off in (scan(voltage_V=0.0), scan(current_A=0.0)):
        assert all(not signal.any() for signal in picture(specimen, off))
