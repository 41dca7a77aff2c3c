"""Lines of elements: their energies, which of them a spectrum shows, and their net counts."""

import csv
from pathlib import Path

import numpy as np
import pytest

import operando.simulators.world
from operando.protocols.report.element_counts import net_counts
from operando.protocols.summary.spectrum_panel import lines_seen
from operando.protocols.summary.xray_lines import LINES, line_width_keV, lines_of

FIRST_LINES = {"Kα": "KL3", "K": "KL3", "Lα": "L3M5"}
ENERGY_keV = 0.01 * np.arange(1024)


def tabulated() -> dict[tuple[str, str], float]:
    """Energies in keV by element and line, of the table that the simulated world took from xraylib."""
    table = Path(operando.simulators.world.__file__).with_name("lines.csv").read_text(encoding="utf-8").splitlines()
    rows = csv.DictReader(line for line in table if not line.startswith("#"))
    return {(row["element"], row["line"]): float(row["energy_eV"]) / 1e3 for row in rows}


def test_the_energies_agree_with_another_table() -> None:
    known = tabulated()
    compared = 0
    for line in LINES:
        name = (line.element, FIRST_LINES.get(line.family, ""))
        if name in known:
            compared += 1
            assert line.energy_keV == pytest.approx(known[name], abs=0.006), str(line)
    assert compared >= 15


@pytest.mark.parametrize(("energy_keV", "width_eV"), [(5.899, 130), (0.277, 53), (7.478, 144)])
def test_the_width_of_a_line(energy_keV: float, width_eV: float) -> None:
    assert 1e3 * line_width_keV(energy_keV) == pytest.approx(width_eV, abs=1.0)


def counts_of(heights: dict[str, float], background: float) -> np.ndarray:
    spectrum = np.full(ENERGY_keV.size, background)
    for line in lines_of({name.split()[0] for name in heights}):
        if str(line) in heights:
            sigma = line_width_keV(line.energy_keV) / 2.355
            spectrum += heights[str(line)] * np.exp(-(((ENERGY_keV - line.energy_keV) / sigma) ** 2) / 2)
    return np.random.default_rng(0).poisson(spectrum).astype(np.uint32)


def test_only_what_stands_out_is_named() -> None:
    counts = counts_of({"S Kα": 400.0, "Ni Kα": 60.0}, background=5.0)
    assert [str(line) for line, _ in lines_seen(ENERGY_keV, counts)] == ["S Kα", "Ni Kα"]


def test_noise_has_no_name() -> None:
    assert lines_seen(ENERGY_keV, counts_of({}, background=20.0)) == []


def test_net_counts_are_those_of_the_line_alone() -> None:
    (line,) = lines_of({"S"})
    counts = counts_of({"S Kα": 1000.0}, background=50.0)
    sigma_channels = line_width_keV(line.energy_keV) / 2.355 / 0.01
    inside = 0.8425  # of a Gaussian within 0.6 of its full width at half maximum
    expected = inside * 1000.0 * sigma_channels * (2 * np.pi) ** 0.5
    assert float(net_counts(counts, line, 0.01, 0.0)) == pytest.approx(expected, rel=0.05)


def test_net_counts_of_a_map_keep_its_shape() -> None:
    (line,) = lines_of({"S"})
    maps = np.stack([counts_of({"S Kα": 100.0 * n}, 5.0) for n in range(6)]).reshape(2, 3, -1)
    net = net_counts(maps, line, 0.01, 0.0)
    assert net.shape == (2, 3)
    assert net[1, 2] > net[0, 1] > net[0, 0]
