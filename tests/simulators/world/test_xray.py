"""X-rays: the elements of each layer at their energies, in numbers that follow the current."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from support.specimens import CATHODE_Y_M, SEPARATOR_Y_M, ScriptedCell, standing_beam

from operando.simulators.world.specimen import Specimen

CHANNELS, WIDTH_EV, PEAKING_S = 2048, 10.0, 4e-6
LITHIUM_Y_M = -0.250e-3


@pytest.fixture(scope="module")
def specimen() -> Specimen:
    return Specimen("fine", 7, ScriptedCell())


def spectrum(
    specimen: Specimen, y_m: float, start: float = 0.0, end: float = 60.0, **beam: float
) -> tuple[NDArray[np.uint32], int]:
    scanning = standing_beam(y_m, scanning=True, **beam)
    return specimen.xray_counts(scanning, start, end, CHANNELS, WIDTH_EV, 0.0, PEAKING_S)


def net_counts(counts: NDArray[np.uint32], energy_eV: float) -> float:
    """Counts within 70 eV of a line, over the mean of the stretches beside it."""
    middle = int(energy_eV / WIDTH_EV)
    peak, left, right = (
        counts[middle - 7 : middle + 8],
        counts[middle - 22 : middle - 15],
        counts[middle + 16 : middle + 23],
    )
    return float(peak.sum()) - 15 * float(np.minimum(left.mean(), right.mean()))


@pytest.mark.parametrize(
    ("y_m", "voltage_V", "energy_eV"),
    [
        pytest.param(SEPARATOR_Y_M, 10e3, 2010.0, id="P K"),
        pytest.param(SEPARATOR_Y_M, 10e3, 2308.0, id="S K"),
        pytest.param(SEPARATOR_Y_M, 10e3, 2622.0, id="Cl K"),
        pytest.param(CATHODE_Y_M, 10e3, 525.0, id="O K"),
        pytest.param(CATHODE_Y_M, 10e3, 851.0, id="Ni L"),
        pytest.param(CATHODE_Y_M, 15e3, 5895.0, id="Mn K"),
        pytest.param(CATHODE_Y_M, 15e3, 6925.0, id="Co K"),
        pytest.param(CATHODE_Y_M, 15e3, 7472.0, id="Ni K"),
        pytest.param(-1.010e-3, 10e3, 1487.0, id="Al K"),
    ],
)
def test_lines_of_the_sheet_stand_at_their_energies(
    specimen: Specimen, y_m: float, voltage_V: float, energy_eV: float
) -> None:
    counts, _ = spectrum(specimen, y_m, voltage_V=voltage_V)
    middle = int(energy_eV / WIDTH_EV)
    window = slice(middle - 12, middle + 13)
    smooth = np.convolve(counts.astype(float), np.ones(5) / 5, mode="same")
    highest_eV = (middle - 12 + int(np.argmax(smooth[window])) + 0.5) * WIDTH_EV
    assert highest_eV == pytest.approx(energy_eV, abs=15.0)
    assert net_counts(counts, energy_eV) > 12 * np.sqrt(counts[window].sum())


def test_lithium_is_invisible(specimen: Specimen) -> None:
    counts, _ = spectrum(specimen, LITHIUM_Y_M)
    argyrodite, _ = spectrum(specimen, SEPARATOR_Y_M)
    for energy_eV in (2010.0, 2308.0, 2622.0):
        assert abs(net_counts(counts, energy_eV)) < 0.01 * net_counts(argyrodite, energy_eV)
    assert counts[20:].sum() < 0.3 * argyrodite[20:].sum()


def test_lines_need_a_voltage_above_their_edge(specimen: Specimen) -> None:
    low, _ = spectrum(specimen, CATHODE_Y_M, voltage_V=5e3)
    # nothing at nickel's K line but a few pairs of softer photons
    assert low[735:760].sum() < 5
    assert net_counts(low, 851.0) > 1000


def test_count_rate_at_1_nA_is_some_thousands(specimen: Specimen) -> None:
    _, incoming = spectrum(specimen, SEPARATOR_Y_M, voltage_V=10e3)
    assert 2_000 < incoming / 60 < 20_000


def test_incoming_photons_follow_the_current_and_dead_time_takes_its_share(specimen: Specimen) -> None:
    weak, weak_incoming = spectrum(specimen, SEPARATOR_Y_M, current_A=0.2e-9)
    strong, strong_incoming = spectrum(specimen, SEPARATOR_Y_M, current_A=4e-9)
    assert strong_incoming / weak_incoming == pytest.approx(20, rel=0.02)
    for counts, incoming in ((weak, weak_incoming), (strong, strong_incoming)):
        # non-paralysable with 2 x (4.0 + 0.2) + 0.3 us
        alive = 1 / (1 + incoming / 60 * 8.7e-6)
        assert int(counts.sum()) / incoming == pytest.approx(alive, rel=0.01)


def test_counts_scatter_as_poisson_says(specimen: Specimen) -> None:
    sums = [spectrum(specimen, SEPARATOR_Y_M, start, start + 0.1)[1] for start in np.arange(0.0, 60.0, 0.1)]
    assert float(np.var(sums) / np.mean(sums)) == pytest.approx(1.0, abs=0.2)


@settings(max_examples=25, deadline=None)
@given(cuts=st.sets(st.integers(1, 999), max_size=6))
def test_any_polling_pattern_counts_the_same_photons(specimen: Specimen, cuts: set[int]) -> None:
    whole, incoming = spectrum(specimen, SEPARATOR_Y_M, 3.0, 4.0)
    bounds = [3.0, *(3.0 + cut / 1000 for cut in sorted(cuts)), 4.0]
    parts = [spectrum(specimen, SEPARATOR_Y_M, a, b) for a, b in pairwise(bounds)]
    assert np.array_equal(whole, sum((part for part, _ in parts), start=np.zeros(CHANNELS, np.uint32)))
    assert incoming == sum(seen for _, seen in parts)


def test_a_standing_beam_tells_particle_from_matrix(specimen: Specimen) -> None:
    nickel, sulphur = [], []
    for step in range(12):
        beam = standing_beam(CATHODE_Y_M, x_m=1.2e-3 + 2e-6 * step)
        counts, _ = specimen.xray_counts(beam, 0.0, 10.0, CHANNELS, WIDTH_EV, 0.0, PEAKING_S)
        nickel.append(net_counts(counts, 851.0))
        sulphur.append(net_counts(counts, 2308.0))
    assert np.corrcoef(nickel, sulphur)[0, 1] < -0.9
    assert max(nickel) > 5 * max(min(nickel), 1.0)


@pytest.mark.parametrize(
    ("off", "end"), [("blanked", 1.0), ("no voltage", 1.0), ("no time", 0.0)], ids=lambda value: str(value)
)
def test_nothing_is_counted_without_beam_or_time(specimen: Specimen, off: str, end: float) -> None:
    beam = standing_beam(SEPARATOR_Y_M, voltage_V=0.0 if off == "no voltage" else 10e3)
    beam.on_specimen = off != "blanked"
    counts, incoming = specimen.xray_counts(beam, 0.0, end, CHANNELS, WIDTH_EV, 0.0, PEAKING_S)
    assert counts.dtype == np.uint32
    assert counts.shape == (CHANNELS,)
    assert (int(counts.sum()), incoming) == (0, 0)
