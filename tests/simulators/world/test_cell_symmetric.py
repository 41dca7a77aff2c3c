"""Symmetric cells: lithium on both sides, healthy below 0.1 V (Duan et al. 2023)."""

import numpy as np
import pytest
from support.cells import C10_A, half_charged

from operando.simulators.laboratory import WorldSettings
from operando.simulators.world.simulated_world import SimulatedWorld

HOUR_S = 3600.0
START_S = 18000.0


@pytest.mark.parametrize("preset", ["fine", "coarse"])
def test_healthy_symmetric_cell_rests_at_zero_and_stays_below_a_tenth_of_a_volt(preset: str) -> None:
    world = SimulatedWorld(WorldSettings.model_validate({"preset": preset, "cell": "symmetric"}))
    assert world.cell.measure(0.0) == (0.0, 0.0)
    world.cell.drive_current(2 * C10_A, 0.0)
    forth_V, _ = world.cell.measure(HOUR_S)
    world.cell.drive_current(-2 * C10_A, HOUR_S)
    back_V, _ = world.cell.measure(HOUR_S)
    assert 0.0 < forth_V < 0.1
    assert back_V == pytest.approx(-forth_V, rel=1e-9)


def test_the_side_that_is_stripped_loses_contact_and_the_other_cracks() -> None:
    cell = half_charged("fine", arrangement="symmetric")
    assert cell.state(START_S).aged.contact == 1.0
    assert cell.state(START_S).aged.counter_contact < 1.0
    cell.drive_current(-5 * C10_A, START_S)
    near, far = cell.interfaces(START_S + 4 * HOUR_S)
    assert near.cracks.longest_crack_m == cell.parameters.initial_flaw_m
    assert far.cracks.longest_crack_m > cell.parameters.initial_flaw_m


def test_voltage_of_a_current_in_one_direction_rises_while_contact_is_lost() -> None:
    cell = half_charged("fine", arrangement="symmetric")
    cell.drive_current(0.157e-3, START_S)
    early, late = (abs(cell.measure(START_S + hours * HOUR_S)[0]) for hours in (0.1, 15.4))
    assert late > 1.05 * early
    assert cell.state(START_S + 15.4 * HOUR_S).aged.counter_contact < 0.95


def test_short_brings_the_voltage_to_that_of_the_resistor() -> None:
    cell = half_charged(arrangement="symmetric")
    cell.inject_hard_short(START_S, 3.0)
    cell.drive_current(C10_A, START_S)
    voltage_V, _ = cell.measure(START_S + 10.0)
    assert 0.0 < voltage_V < 3.0 * C10_A


def test_spectrum_has_no_cathode() -> None:
    cell = half_charged(arrangement="symmetric")
    slow = cell.impedance(np.array([1e-3]), START_S)[0]
    cell.drive_current(1e-7, START_S)
    assert slow.real == pytest.approx(cell.measure(START_S + 1.0)[0] / 1e-7, rel=0.03)
    assert abs(slow.imag) < 1e-2 * slow.real
