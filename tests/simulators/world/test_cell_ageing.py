"""Interphases and contact: the numbers of the papers, and the pattern of small against large grains."""

from functools import cache
from math import exp

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operando.simulators.world.cell import SimulatedCell
from operando.simulators.world.cell_model import CellModel
from operando.simulators.world.cell_view import CellView
from operando.simulators.world.contact import LithiumContact
from operando.simulators.world.interphases import grown_m, oxidation_factor
from operando.simulators.world.presets import PresetName, cell_preset

HOUR_S = 3600.0


@cache
def after_cycles(preset: PresetName, cycles: int) -> CellView:
    """A cell after some cycles at C/10 between 3.0 and 4.2 V, with a hold to C/50 and an hour of rest."""
    cell = SimulatedCell(cell_preset(preset))
    now = 0.0
    for _ in range(cycles):
        cell.drive_current(0.12e-3, now)
        while cell.measure(now)[0] < 4.2:
            now += 60.0
        cell.drive_voltage(4.2, now, 1e-3)
        while cell.measure(now)[1] > 0.024e-3:
            now += 60.0
        cell.open_circuit(now)
        now += HOUR_S
        cell.drive_current(-0.12e-3, now)
        while cell.measure(now)[0] > 3.0:
            now += 60.0
        cell.open_circuit(now)
        now += HOUR_S
    return cell.at(now)


@pytest.mark.parametrize(
    ("preset", "cycles", "contact_loss", "cathode_sei_nm"),
    [
        ("fine", 1, 0.06, 24.0),
        ("fine", 5, 0.23, None),
        ("fine", 15, 0.42, 90.0),
        ("coarse", 1, 0.03, 9.0),
        ("coarse", 5, 0.12, None),
        ("coarse", 15, 0.25, 33.0),
    ],
)
def test_presets_age_as_the_sheet_has_it(
    preset: PresetName, cycles: int, contact_loss: float, cathode_sei_nm: float | None
) -> None:
    view = after_cycles(preset, cycles)
    assert view.contact_loss == pytest.approx(contact_loss, abs=0.02)
    if cathode_sei_nm is not None:
        assert view.cathode_sei_m * 1e9 == pytest.approx(cathode_sei_nm, rel=0.3)


def test_small_grains_lose_more_contact_and_grow_more_interphase() -> None:
    fine, coarse = after_cycles("fine", 5), after_cycles("coarse", 5)
    assert fine.contact_loss > 1.5 * coarse.contact_loss
    assert fine.cathode_sei_m > 1.5 * coarse.cathode_sei_m


@pytest.mark.parametrize(
    ("rate_m_per_sqrt_s", "hours", "found_nm"),
    [pytest.param(4.0e-10, 168, 315.0, id="24 nm per root hour"), pytest.param(4.5e-10, 400, 540.0, id="27 nm")],
)
def test_interphase_at_the_lithium_is_that_of_aktekin_2023(
    rate_m_per_sqrt_s: float, hours: int, found_nm: float
) -> None:
    """The law gives each value of the paper, with a constant of its own for each."""
    assert grown_m(0.0, rate_m_per_sqrt_s, hours * HOUR_S) * 1e9 == pytest.approx(found_nm, rel=0.05)


@pytest.mark.parametrize(
    ("preset", "week_nm", "long_nm", "too_thin"), [("fine", 312.0, 480.0, 0.11), ("coarse", 277.0, 426.5, 0.21)]
)
def test_presets_meet_the_interphase_after_a_week_and_miss_it_after_400_hours(
    preset: PresetName, week_nm: float, long_nm: float, too_thin: float
) -> None:
    """235 to 315 nm after a week and 540 nm after 400 h: one constant does not give both."""
    cell = SimulatedCell(cell_preset(preset))
    found_nm = [cell.at(hours * HOUR_S).anode_sei_m * 1e9 for hours in (168, 400)]
    assert found_nm == pytest.approx([week_nm, long_nm], rel=0.002)
    assert 235.0 <= found_nm[0] <= 315.0
    assert 1 - found_nm[1] / 540.0 == pytest.approx(too_thin, abs=0.005)


@given(st.floats(0.0, 1e-6), st.floats(1e-11, 1e-9), st.floats(0.0, 1e6), st.floats(0.0, 1e6))
def test_growth_in_two_stretches_is_growth_in_one(start_m: float, rate: float, first_s: float, second_s: float) -> None:
    twice = grown_m(grown_m(start_m, rate, first_s), rate, second_s)
    assert twice == pytest.approx(grown_m(start_m, rate, first_s + second_s), rel=1e-9)


def test_oxidation_is_faster_at_higher_voltage_up_to_a_cap() -> None:
    assert oxidation_factor(4.0, 5.0) == 1.0
    assert oxidation_factor(4.12, 5.0) == pytest.approx(exp(1.0))
    assert oxidation_factor(4.5, 5.0) == 5.0
    assert oxidation_factor(1000.0, 5.0) == 5.0


@pytest.mark.parametrize(
    ("pressure_MPa", "temperature_K", "limit_mA_per_cm2"),
    [(1.0, 333.15, 0.251), (1.0, 353.15, 0.502), (3.0, 298.15, 0.28), (7.0, 298.15, 0.91), (5.0, 353.15, 4.8)],
)
def test_replenishment_limit_is_the_fit_of_the_sheet_and_presets_lie_on_both_sides_of_it(
    pressure_MPa: float, temperature_K: float, limit_mA_per_cm2: float
) -> None:
    contact = LithiumContact(0.6, 0.02, 0.45, 1.5e-6, temperature_K)
    fitted = contact.replenishment_A_per_m2(pressure_MPa)
    assert fitted / 10.0 == pytest.approx(limit_mA_per_cm2, rel=0.02)
    for preset, share in (("fine", 0.917), ("coarse", 1.25)):
        model = CellModel(cell_preset(preset).model_copy(update={"temperature_K": temperature_K}))
        assert model.ageing.contact.replenishment_A_per_m2(pressure_MPa) == pytest.approx(share * fitted, rel=1e-3)


def test_voids_open_while_stripping_above_the_limit_and_close_while_plating() -> None:
    contact = LithiumContact(0.6, 0.02, 0.45, 1.5e-6, 298.15)
    assert contact.after(0.0, -0.5, 3600.0, 1.0) == 0.0
    opened = contact.after(0.0, -1.6, 3600.0, 1.0)
    assert opened == pytest.approx(1.347e-10 * 0.02 * 1.0 * 3600.0, rel=1e-3)
    assert 0.0 <= contact.after(opened, 1.6, 3600.0, 1.0) < opened
    assert contact.lost(1.0) == 0.97


def test_stack_pressure_of_three_megapascal_keeps_the_contact() -> None:
    cell = SimulatedCell(cell_preset("fine").model_copy(update={"pressure_MPa": 3.0}))
    cell.drive_current(0.12e-3, 0.0)
    cell.drive_current(-0.12e-3, 30000.0)
    assert cell.at(55000.0).contact_loss == 0.0


def test_lithium_grows_by_4_85_um_per_mAh_per_cm2() -> None:
    cell = SimulatedCell(cell_preset("coarse"))
    cell.drive_current(0.785e-3, 0.0)
    assert cell.at(HOUR_S).lithium_growth_m == pytest.approx(4.85e-6, rel=1e-3)
