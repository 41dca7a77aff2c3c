"""What holds for every history of a cell: charge, energy, and what can only grow."""

from dataclasses import dataclass
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.cells import HALF_CHARGED_S, driven_energy_J, half_charged, host_C

from operando.simulators.world.cell import SimulatedCell
from operando.simulators.world.presets import PresetName


@dataclass(frozen=True)
class Stretch:
    """A current or, if there is a voltage, a held voltage; a short at its beginning or not."""

    duration_s: float
    current_A: float
    voltage_V: float | None
    short_ohm: float | None
    restless: bool


STRETCHES = st.lists(
    st.builds(
        Stretch,
        duration_s=st.floats(0.5, 4000.0),
        current_A=st.floats(-0.4e-3, 0.4e-3),
        voltage_V=st.none() | st.floats(3.4, 4.1),
        short_ohm=st.none() | st.floats(3.0, 1e5),
        restless=st.booleans(),
    ),
    min_size=1,
    max_size=5,
)
PRESETS = st.sampled_from(["fine", "coarse"])


def play(cell: SimulatedCell, stretches: list[Stretch], start_s: float = HALF_CHARGED_S) -> list[float]:
    """The history on a cell; the times between its stretches."""
    times = [start_s]
    for stretch in stretches:
        now = times[-1]
        if stretch.short_ohm is None:
            cell.end_injected_short(now)
        elif stretch.restless:
            cell.inject_soft_short(now, stretch.short_ohm)
        else:
            cell.inject_hard_short(now, stretch.short_ohm)
        if stretch.voltage_V is None:
            cell.drive_current(stretch.current_A, now)
        else:
            cell.drive_voltage(stretch.voltage_V, now, 1e-3)
        times.append(now + stretch.duration_s)
    return times


@settings(max_examples=25, deadline=None)
@given(STRETCHES, PRESETS)
def test_charge_is_conserved_with_and_without_shorts(stretches: list[Stretch], preset: PresetName) -> None:
    cell = half_charged(preset)
    end_s = play(cell, stretches)[-1]
    state = cell.state(end_s)
    through_electrodes_C = state.charge_C - state.leaked_C
    assert 0.97 - cell.lithium_fraction(end_s) == pytest.approx(through_electrodes_C / host_C(cell), abs=1e-9)
    if all(stretch.voltage_V is None for stretch in stretches):
        passed_C = HALF_CHARGED_S * 0.12e-3 + sum(s.duration_s * s.current_A for s in stretches)
        assert state.charge_C == pytest.approx(passed_C, abs=1e-9)


@settings(max_examples=12, deadline=None)
@given(STRETCHES, PRESETS)
def test_current_at_the_terminals_is_that_of_electrodes_and_short(stretches: list[Stretch], preset: PresetName) -> None:
    cell = half_charged(preset)
    for now, later in pairwise(play(cell, stretches)):
        state = cell.state(0.5 * (now + later))
        leak_A = state.voltage_V / state.aged.short_ohm
        assert state.current_A == pytest.approx(state.electrode_A + leak_A, abs=1e-8)


@settings(max_examples=10, deadline=None)
@given(
    stretches=st.lists(st.tuples(st.floats(10.0, 2000.0), st.floats(-0.3e-3, 0.3e-3)), min_size=1, max_size=4),
    short_ohm=st.none() | st.floats(1e3, 1e5),
)
def test_no_energy_comes_from_nothing(stretches: list[tuple[float, float]], short_ohm: float | None) -> None:
    cell = half_charged("fine")
    if short_ohm is not None:
        cell.inject_hard_short(HALF_CHARGED_S, short_ohm)
    begin_C = cell.at(HALF_CHARGED_S).charge_C
    energy_J = driven_energy_J(cell, stretches, HALF_CHARGED_S)
    now = HALF_CHARGED_S + sum(duration_s for duration_s, _ in stretches)
    if short_ohm is not None:
        cell.end_injected_short(now)
    back_C = begin_C - cell.at(now).charge_C
    energy_J += driven_energy_J(cell, [(5000.0, back_C / 5000.0), (36000.0, 0.0)], now)
    assert cell.at(now + 41000.0).charge_C == pytest.approx(begin_C, abs=1e-6)
    assert energy_J >= -1e-6


@settings(max_examples=12, deadline=None)
@given(STRETCHES, PRESETS)
def test_what_wears_only_wears_and_fractions_are_fractions(stretches: list[Stretch], preset: PresetName) -> None:
    cell = half_charged(preset)
    times = play(cell, stretches)
    moments = [start + (end - start) * part / 7 for start, end in pairwise(times) for part in range(7)]
    views = [cell.at(moment) for moment in moments]
    for earlier, later in pairwise(views):
        for name in ("cathode_sei_m", "anode_sei_m", "isolated", "delaminated", "crack_m", "filament_m"):
            assert getattr(later, name) >= getattr(earlier, name)
    assert all(0.0 <= view.contact_loss <= 1.0 for view in views)
    assert all(0.0 <= view.isolated < 1.0 and 0.0 <= view.delaminated < 1.0 for view in views)


@settings(max_examples=10, deadline=None)
@given(lost=st.floats(0.0, 1.0), seed=st.integers(0, 2**32), hours=st.floats(0.1, 8.0), current_A=st.floats(1e-5, 6e-4))
def test_filament_is_never_longer_than_its_crack(lost: float, seed: int, hours: float, current_A: float) -> None:
    cell = half_charged("fine", seed)
    cell.inject_contact_loss(lost, HALF_CHARGED_S)
    cell.drive_current(current_A, HALF_CHARGED_S)
    for part in (0.3, 1.0):
        for interface in cell.interfaces(HALF_CHARGED_S + part * hours * 3600.0):
            cracks, flaws = interface.cracks, interface.flaws
            assert (cracks.filament_m <= cracks.crack_m).all()
            assert (cracks.crack_m <= flaws.longest_m).all()
