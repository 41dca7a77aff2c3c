"""Impedance: arcs where the sheet has them, and resistances that are those of the cell under current."""

import numpy as np
import pytest
from numpy.typing import NDArray

from operando.simulators.world.cell import SimulatedCell
from operando.simulators.world.electrode_potential import nmc_potential_fall_V
from operando.simulators.world.impedance import constant_phase_arc, spherical_diffusion
from operando.simulators.world.presets import CellParameters, cell_preset

AREA_M2 = 0.785e-4


def half_charged(parameters: CellParameters) -> SimulatedCell:
    """A cell that rests after five hours at C/10; impedance is asked at 30000 s."""
    cell = SimulatedCell(parameters)
    cell.drive_current(0.12e-3, 0.0)
    cell.open_circuit(18000.0)
    return cell


@pytest.mark.parametrize(
    ("resistance_ohm_cm2", "element_per_cm2", "apex_Hz"),
    [
        pytest.param(12.0, (2e-9, 0.95), 17e6, id="grain boundary"),
        pytest.param(15.0, (3e-7, 0.90), 140e3, id="lithium"),
        pytest.param(8.0, (1e-5, 0.90), 6e3, id="interphase on the NMC"),
        pytest.param(25.0, (2e-3, 0.85), 5.0, id="charge transfer at the NMC"),
    ],
)
def test_apex_of_an_arc_lies_where_the_sheet_has_it(
    resistance_ohm_cm2: float, element_per_cm2: tuple[float, float], apex_Hz: float
) -> None:
    frequencies = np.logspace(-3, 9, 6001)
    arc = constant_phase_arc(resistance_ohm_cm2, element_per_cm2, frequencies)
    assert frequencies[np.argmin(arc.imag)] == pytest.approx(apex_Hz, rel=0.1)
    assert arc[0].real == pytest.approx(resistance_ohm_cm2, rel=1e-3)


def test_high_frequency_intercept_is_electrolyte_and_composite() -> None:
    parameters = cell_preset("coarse")
    measured = half_charged(parameters).impedance(np.array([1e6]), 30000.0)[0]
    ohmic = (parameters.separator_ohm_m2 + parameters.cathode_ohm_m2) / AREA_M2
    assert measured.real == pytest.approx(ohmic, rel=0.15)


def test_resistance_below_all_arcs_is_the_voltage_of_a_small_current() -> None:
    parameters = cell_preset("coarse")
    cell = half_charged(parameters)
    rest_V, _ = cell.measure(30000.0)
    impedance = cell.impedance(np.array([0.02]), 30000.0)[0]
    diffusion = impedance_of_diffusion(cell, np.array([0.02]))[0]
    cell.drive_current(1e-7, 30000.0)
    assert (impedance - diffusion).real == pytest.approx((cell.measure(30000.0)[0] - rest_V) / 1e-7, rel=0.03)


def impedance_of_diffusion(cell: SimulatedCell, frequencies: NDArray[np.float64]) -> NDArray[np.complex128]:
    """The part of the impedance that changes with the diffusivity, from two cells that differ in nothing else."""
    still = cell.parameters.model_copy(update={"particle_diffusivity_m2_per_s": 1.0})
    return cell.impedance(frequencies, 30000.0) - half_charged(still).impedance(frequencies, 30000.0)


def test_low_frequency_impedance_is_the_capacity_of_the_cell() -> None:
    cell = half_charged(cell_preset("coarse"))
    measured = cell.impedance(np.array([1e-6]), 30000.0)[0]
    host_C = 96485.33212 * 48230.0 * 0.307 * 50e-6 * AREA_M2
    capacity_F = host_C / nmc_potential_fall_V(cell.lithium_fraction(30000.0))
    assert measured.imag == pytest.approx(-1.0 / (2 * np.pi * 1e-6 * capacity_F), rel=0.01)


def test_diffusion_is_a_straight_line_at_45_degrees_and_then_a_capacity() -> None:
    frequencies = np.array([1e-6, 10.0, 1e5])
    slow, fast, very_fast = spherical_diffusion(2.5e-6, 1e-14, frequencies)
    assert fast.real == pytest.approx(-fast.imag, rel=0.02)
    assert slow.imag == pytest.approx(-3.0 / (2.5e-6 * 2 * np.pi * 1e-6), rel=1e-2)
    assert slow.real == pytest.approx(2.5e-6 / (5.0 * 1e-14), rel=1e-2)
    assert np.isfinite(very_fast)


def test_lost_contact_makes_the_arc_of_the_lithium_larger() -> None:
    fine = cell_preset("fine")
    cell = SimulatedCell(fine)
    cell.drive_current(0.12e-3, 0.0)
    cell.drive_current(-0.24e-3, 30000.0)
    cell.open_circuit(43000.0)
    whole, torn = (cell.impedance(np.array([1e3]), now)[0].real for now in (30000.0, 43000.0))
    assert cell.at(43000.0).contact_loss > 0.05
    assert torn > whole


def test_asking_for_the_impedance_changes_nothing_and_keeps_the_shape() -> None:
    asked, silent = half_charged(cell_preset("fine")), half_charged(cell_preset("fine"))
    assert asked.impedance(np.full((3, 2), 10.0), 20000.3).shape == (3, 2)
    assert asked.state(30000.0) == silent.state(30000.0)
