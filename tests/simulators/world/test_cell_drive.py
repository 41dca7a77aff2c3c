"""Charge is conserved, voltages are held, and the compliance is never passed."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from operando.simulators.world.bracketed_root import bracketed_root
from operando.simulators.world.cell import SimulatedCell
from operando.simulators.world.presets import cell_preset

PARAMETERS = cell_preset("coarse")
HOST_C = 96485.33212 * 48230.0 * 0.307 * 50e-6 * 0.785e-4


def test_cell_as_assembled_is_discharged() -> None:
    voltage_V, current_A = SimulatedCell(PARAMETERS).measure(0.0)
    assert 3.4 < voltage_V < 3.6
    assert current_A == 0.0


@pytest.mark.parametrize("preset", ["fine", "coarse"])
def test_half_cycles_at_c10_pass_about_the_nominal_capacity(preset: str) -> None:
    cell = SimulatedCell(cell_preset("fine" if preset == "fine" else "coarse"))
    cell.drive_current(0.12e-3, 0.0)
    charged_s = next(now for now in range(0, 60000, 10) if cell.measure(now)[0] >= 4.2)
    cell.open_circuit(charged_s)
    cell.drive_current(-0.12e-3, charged_s + 3600.0)
    discharged_s = next(now for now in range(0, 60000, 10) if cell.measure(charged_s + 3600.0 + now)[0] <= 3.0)
    assert charged_s * 0.12e-3 / 3.6 == pytest.approx(1.3, abs=0.05)
    assert discharged_s * 0.12e-3 / 3.6 == pytest.approx(1.2, abs=0.05)
    assert 0.85 <= discharged_s / charged_s <= 0.92, "the first cycle loses 10 to 15 %"


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.floats(1.0, 3000.0), st.floats(-0.5e-3, 0.5e-3)), min_size=1, max_size=6))
def test_lithium_in_the_nmc_and_charge_passed_are_one(stretches: list[tuple[float, float]]) -> None:
    cell = SimulatedCell(PARAMETERS)
    now = passed_C = 0.0
    for duration_s, current_A in stretches:
        cell.drive_current(current_A, now)
        now += duration_s
        passed_C += duration_s * current_A
    assert cell.at(now).charge_C == pytest.approx(passed_C, abs=1e-9)
    assert 0.97 - cell.lithium_fraction(now) == pytest.approx(passed_C / HOST_C, abs=1e-9)


def test_charge_is_the_integral_of_the_measured_current_while_a_voltage_is_held() -> None:
    cell = SimulatedCell(PARAMETERS)
    cell.drive_voltage(3.75, 100.0, 1e-3)
    currents = [cell.measure(100.0 + 0.5 * k)[1] for k in range(4001)]
    integral_C = sum(0.25 * (a + b) for a, b in pairwise(currents))
    assert cell.at(2100.0).charge_C == pytest.approx(integral_C, rel=5e-5)
    assert 0.97 - cell.lithium_fraction(2100.0) == pytest.approx(integral_C / HOST_C, rel=5e-5)


@settings(max_examples=30, deadline=None)
@given(voltage_V=st.floats(-1.0, 6.0), compliance_A=st.floats(0.0, 5e-3), now=st.floats(0.0, 500.0))
def test_held_voltage_respects_the_compliance(voltage_V: float, compliance_A: float, now: float) -> None:
    cell = SimulatedCell(PARAMETERS)
    cell.drive_voltage(voltage_V, now, compliance_A)
    for later in (0.0, 0.3, 7.0, 61.7, 300.0):
        measured_V, current_A = cell.measure(now + later)
        assert abs(current_A) <= compliance_A
        if abs(current_A) < compliance_A:
            assert measured_V == pytest.approx(voltage_V, abs=1e-6)
        else:
            assert (voltage_V - measured_V) * current_A >= -1e-9


def test_held_voltage_charges_with_a_current_that_fades() -> None:
    cell = SimulatedCell(PARAMETERS)
    cell.drive_voltage(3.8, 0.0, 5e-3)
    currents = [cell.measure(float(now))[1] for now in (0, 1, 10, 100, 1000, 10000)]
    assert all(0.0 < later < earlier for earlier, later in pairwise(currents))


def test_cell_without_any_ohmic_resistance_can_be_held() -> None:
    cell = SimulatedCell(cell_preset("xu2019"))
    cell.drive_voltage(4.15, 5.0, 2e-3)
    for now in (5.0, 5.5, 100.0, 5000.0):
        voltage_V, current_A = cell.measure(now)
        assert -2e-3 <= current_A < 0.0
        assert voltage_V == pytest.approx(4.15, abs=1e-6) or current_A == -2e-3


def test_step_of_the_grid_is_fine_enough_for_a_held_voltage() -> None:
    coarse, fine = SimulatedCell(PARAMETERS), SimulatedCell(PARAMETERS)
    coarse.drive_voltage(3.75, 0.0, 1e-3)
    fine.drive_voltage(3.75, 0.0, 1e-3)
    for k in range(1, 4001):
        # a change by less than any instrument sees restarts the fine steps
        if k % 50 == 0:
            fine.drive_voltage(3.75 + 1e-12 * (k % 100), float(k), 1e-3)
    assert coarse.at(4000.0).charge_C == pytest.approx(fine.at(4000.0).charge_C, rel=1e-5)


def test_overcharged_and_overdischarged_cells_leave_the_window_and_stay_finite() -> None:
    for current_A, beyond in ((1e-3, 4.5), (-1e-3, 2.0)):
        cell = SimulatedCell(PARAMETERS)
        cell.drive_current(current_A, 0.0)
        voltage_V, _ = cell.measure(40000.0)
        assert (voltage_V - beyond) * current_A > 0.0
        assert abs(voltage_V) < 100.0


@given(root=st.floats(-3.0, 3.0), slope=st.floats(1e-3, 1e3), guess=st.floats(-2.0, 2.0), first=st.floats(1e-3, 1e3))
def test_root_is_found_or_the_bound(root: float, slope: float, guess: float, first: float) -> None:
    found = bracketed_root(lambda x: slope * (x - root) + (x - root) ** 3, guess, first, 2.0)
    assert found == pytest.approx(min(max(root, -2.0), 2.0), abs=1e-6)
