"""The model of the spectrum: tables, resolution, efficiency and pile-up."""

import numpy as np
import pytest

from operando.simulators.world.lines import attenuation_m2_kg, lines_of
from operando.simulators.world.spectrum_emission import Emission, emission
from operando.simulators.world.spectrum_response import (
    Channels,
    channel_rates,
    dead_time_s,
    efficiency,
    resolution_eV,
)

FINE = Channels(20_000, 1.0, 0.0)


def one_line(energy_eV: float) -> Emission:
    grid = np.array([100.0, 20_000.0])
    return Emission(np.array([energy_eV]), np.array([1.0]), grid, np.zeros(2))


@pytest.mark.parametrize(
    ("element", "name", "energy_eV"),
    [
        ("O", "KL3", 525),
        ("Al", "KL3", 1487),
        ("P", "KL3", 2010),
        ("S", "KL3", 2308),
        ("Cl", "KL3", 2622),
        ("Mn", "KL3", 5899),
        ("Co", "KL3", 6930),
        ("Ni", "KL3", 7478),
        ("Ni", "L3M5", 851),
        ("Zr", "L3M5", 2042),
        ("La", "L3M5", 4651),
    ],
)
def test_lines_of_the_table(element: str, name: str, energy_eV: float) -> None:
    energies = {line.name: line.energy_eV for line in lines_of(element)}
    assert energies[name] == pytest.approx(energy_eV, abs=1.0)


def test_lithium_has_no_line() -> None:
    assert lines_of("Li") == ()


@pytest.mark.parametrize(
    ("element", "energy_eV", "expected_m2_kg"),
    # NIST XCOM, total attenuation
    [("Al", 10_000.0, 2.623), ("Si", 6_000.0, 14.70), ("Fe", 8_000.0, 30.56), ("O", 1_000.0, 459.0)],
)
def test_attenuation_agrees_with_nist(element: str, energy_eV: float, expected_m2_kg: float) -> None:
    assert attenuation_m2_kg(element, np.array([energy_eV]))[0] == pytest.approx(expected_m2_kg, rel=0.03)


def test_attenuation_jumps_at_the_edge() -> None:
    below, above = attenuation_m2_kg("S", np.array([2471.0, 2473.0]))
    assert above > 8 * below


@pytest.mark.parametrize("energy_eV", [525.0, 2307.8, 5898.7])
def test_peaks_have_the_width_of_fiori_and_newbury(energy_eV: float) -> None:
    rates, _ = channel_rates(one_line(energy_eV), 1.0, FINE, 4e-6)
    window = slice(int(energy_eV) - 300, int(energy_eV) + 300)
    above_half = np.flatnonzero(rates[window] > rates[window].max() / 2).size
    expected = np.sqrt(2.5 * (energy_eV - 5898.7) + 127.0**2)
    assert above_half == pytest.approx(expected, abs=2.0)


def test_short_shaping_widens_peaks_and_shortens_dead_time() -> None:
    energy = np.array([5898.7])
    assert resolution_eV(energy, 4e-6)[0] == pytest.approx(127.0, abs=0.5)
    assert resolution_eV(energy, 0.2e-6)[0] > 150.0
    assert dead_time_s(4e-6) == pytest.approx(8.7e-6)
    assert dead_time_s(0.2e-6) < 1.2e-6


@pytest.mark.parametrize(("energy_eV", "expected"), [(277.0, 0.67), (525.0, 0.85), (5000.0, 0.99), (15_000.0, 0.66)])
def test_efficiencies_of_the_sheet(energy_eV: float, expected: float) -> None:
    assert efficiency(np.array([energy_eV]))[0] == pytest.approx(expected, abs=0.02)


def test_escape_peak_of_one_per_cent() -> None:
    rates, _ = channel_rates(one_line(5898.7), 1.0, FINE, 4e-6)
    escape, main = rates[4158 - 150 : 4158 + 150].sum(), rates[5898 - 300 : 5898 + 300].sum()
    assert escape / main == pytest.approx(0.01, rel=0.05)


def test_sum_peak_grows_with_the_square_of_the_rate() -> None:
    def pairs(electrons_per_s: float) -> float:
        return float(channel_rates(one_line(3000.0), electrons_per_s, FINE, 4e-6)[0][5800:6200].sum())

    assert pairs(2e7) / pairs(1e7) == pytest.approx(4.0, rel=0.05)


def test_sum_peak_stands_right_on_a_shifted_scale() -> None:
    shifted = Channels(2048, 10.0, -200.0)
    rates, _ = channel_rates(one_line(3000.0), 1e7, shifted, 4e-6)
    region = rates[560:700]
    assert (560 + int(np.argmax(region)) + 0.5) * 10 - 200 == pytest.approx(6000.0, abs=15)


def test_continuum_ends_at_the_beam_energy_and_grows_with_atomic_number() -> None:
    light, heavy = (emission({element: 1.0}, 5000.0) for element in ("C", "Fe"))
    assert light.continuum_eV.max() < 5000.0
    assert heavy.continuum_photons[200] > 2 * light.continuum_photons[200]


def test_own_absorption_takes_soft_lines_first() -> None:
    shallow, deep = (emission({"Ni": 1.0}, voltage_V) for voltage_V in (10e3, 25e3))
    soft, hard = (np.argmin(np.abs(shallow.line_eV - energy_eV)) for energy_eV in (851.1, 7478.1))
    assert deep.line_photons[hard] / shallow.line_photons[hard] > 20
    assert deep.line_photons[soft] / shallow.line_photons[soft] < 3
