"""Spectra and curves: X-ray lines, impedance, shorts."""

import numpy as np
import pytest

from operando.drivers.roles import SAMPLE
from operando.protocols.analysis import find_shorts, impedance_features, line_intensities
from operando.protocols.summary.xray_lines import line_width_keV


def test_net_counts_of_a_line_are_those_that_were_put_in() -> None:
    energy_eV = np.arange(0.0, 10_000.0, 10.0)
    sigma_eV = 1e3 * line_width_keV(2.308) / 2.355
    line = 20_000.0 * 10.0 / (sigma_eV * (2 * np.pi) ** 0.5) * np.exp(-0.5 * ((energy_eV - 2308.0) / sigma_eV) ** 2)
    counts = np.random.default_rng(1).poisson(line + 50.0)
    found = line_intensities(counts, energy_eV, ("S", "Ni", "Li"))
    assert found["S"].value == pytest.approx(20_000.0, rel=0.03)
    assert not found["Ni"].detectable
    assert found["Ni"].least > 0
    assert not found["Li"].detectable


def test_resistances_of_a_circuit_are_found() -> None:
    frequency_Hz = np.logspace(5.3, 0.0, 40)
    omega = 2 * np.pi * frequency_Hz
    impedance_ohm = (
        50.0 + 80.0 / (1 + 1j * omega * 80.0 * 1e-7) + 40.0 / (1 + 1j * omega * 40.0 * 1e-3) + 1j * omega * 1e-6
    )
    found = impedance_features(frequency_Hz, impedance_ohm)
    assert found.high_frequency_ohm.value == pytest.approx(51.0, abs=2.0)
    assert found.interface_ohm.value == pytest.approx(80.0, rel=0.05)
    assert found.series_ohm.value == pytest.approx(131.0, rel=0.05)
    assert found.total_ohm.value == pytest.approx(170.0, rel=0.02)


def charge(soft_from_s: float) -> np.ndarray[tuple[int], np.dtype[np.void]]:
    samples = np.zeros(9000, SAMPLE)
    random = np.random.default_rng(2)
    time_s = np.arange(9000.0)
    samples["time_s"] = samples["elapsed_s"] = time_s
    samples["step"], samples["cycle"], samples["current_A"] = 1, 1, 2e-4
    unrest = np.where(time_s > soft_from_s, 0.03 * random.random(9000) + 0.02, 0.0)
    samples["voltage_V"] = 3.6 + 2e-5 * time_s + random.normal(0.0, 2e-5, 9000) - unrest
    return samples


def test_a_soft_short_is_dated() -> None:
    found = find_shorts(charge(6000.0))
    assert found.soft_s == pytest.approx(6000.0, abs=60.0)
    assert found.hard_s is None


def test_no_short_is_none_and_no_time() -> None:
    found = find_shorts(charge(1e9))
    assert found.soft_s is None
    assert found.watched_s == pytest.approx(8999.0)
