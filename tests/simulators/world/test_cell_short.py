"""Short circuits: the signatures of the sheet "The simulated cell", 1.5, 9."""

from functools import cache
from itertools import pairwise
from math import inf
from statistics import pstdev

import numpy as np
import pytest
from support.cells import C10_A, HALF_CHARGED_S, half_charged, host_C

from operando.simulators.laboratory import WorldSettings
from operando.simulators.world.cell import SimulatedCell
from operando.simulators.world.presets import cell_preset
from operando.simulators.world.short_circuit import ShortPath, parallel_ohm
from operando.simulators.world.simulated_world import SimulatedWorld

START_S = HALF_CHARGED_S + 600.0


@pytest.mark.parametrize("ohm", [1.0, 3.0, 10.0])
def test_hard_short_collapses_to_the_share_of_the_open_voltage_at_once(ohm: float) -> None:
    cell = half_charged("fine")
    open_V, _ = cell.measure(START_S)
    inner_ohm = cell.state(START_S).aged.resistance_ohm_m2 / cell.parameters.area_m2
    cell.inject_hard_short(START_S, ohm)
    shorted_V, current_A = cell.measure(START_S)
    # charge transfer takes its part beside the ohmic resistance
    assert 0.8 * open_V * ohm / (ohm + inner_ohm) < shorted_V < open_V * ohm / (ohm + inner_ohm)
    assert current_A == 0.0
    assert cell.state(START_S).electrode_A == pytest.approx(-shorted_V / ohm, rel=1e-6)
    if ohm <= 3.0:
        assert shorted_V < 0.12


def test_hard_short_discharges_the_nmc_by_itself() -> None:
    cell = half_charged()
    fraction = cell.lithium_fraction(START_S)
    cell.inject_hard_short(START_S, 3.0)
    later = START_S + 600.0
    leaked_C = cell.at(later).leaked_C
    assert leaked_C > 1.0
    assert cell.lithium_fraction(later) - fraction == pytest.approx(leaked_C / host_C(cell), rel=1e-6)
    assert cell.lithium_fraction(START_S + 7200.0) < 1.05


def test_soft_short_at_rest_drains_the_cell_at_its_own_rate() -> None:
    cell = half_charged()
    before_V, _ = cell.measure(START_S)
    cell.inject_hard_short(START_S, 2.0e4)
    hour = START_S + 3600.0
    leaked_C = cell.at(hour).leaked_C
    assert leaked_C == pytest.approx(3.8 / 2.0e4 * 3600.0, rel=0.02)
    assert cell.measure(hour)[0] < before_V - 0.01


def test_charge_with_a_soft_short_never_ends() -> None:
    cell = half_charged("fine")
    cell.inject_soft_short(START_S, 5.0e3)
    cell.drive_current(C10_A, START_S)
    highest_V = max(cell.measure(START_S + 60.0 * minute)[0] for minute in range(20 * 60))
    assert highest_V < 4.2
    without = half_charged("fine")
    without.drive_current(C10_A, START_S)
    assert without.measure(START_S + 20 * 3600.0)[0] > 4.2


def test_forced_discharge_of_an_empty_cell_reverses_it_by_no_more_than_the_current_through_the_short() -> None:
    cell = half_charged("fine")
    cell.inject_hard_short(START_S, 5.0e3)
    cell.drive_current(-C10_A, START_S)
    voltages = [cell.measure(START_S + 300.0 * part)[0] for part in range(1, 145)]
    # the NMC is full after a while; nothing is left but the resistor, and the galvanostat drives its current through it
    assert voltages[0] > 2.5
    assert all(later <= earlier + 1e-6 for earlier, later in pairwise(voltages))
    assert voltages[-1] == pytest.approx(-C10_A * 5.0e3, abs=5e-3)
    assert cell.state(START_S + 43200.0).electrode_A == pytest.approx(0.0, abs=2e-6)


def test_soft_short_makes_the_voltage_restless() -> None:
    cell = half_charged("fine")
    cell.drive_current(C10_A, START_S)
    quiet = [cell.measure(START_S + 120.0 + second)[0] for second in range(60)]
    cell.inject_soft_short(START_S + 300.0, 5.0e3)
    restless = [cell.measure(START_S + 360.0 + second)[0] for second in range(60)]
    assert max(restless) < min(quiet)
    assert 1e-3 < pstdev(restless) < 0.5
    assert pstdev(restless) > 20 * pstdev(quiet)


def test_soft_short_lowers_the_intercept_of_the_spectrum() -> None:
    cell = half_charged()
    high = np.array([2.0e5])
    sound = cell.impedance(high, START_S)[0].real
    cell.inject_soft_short(START_S, 200.0)
    assert cell.impedance(high, START_S)[0].real < 0.85 * sound


def test_short_that_ends_leaves_a_cell_that_recovers() -> None:
    cell = half_charged()
    cell.inject_hard_short(START_S, 1.0e3)
    shorted_V, _ = cell.measure(START_S + 60.0)
    cell.end_injected_short(START_S + 60.0)
    assert cell.measure(START_S + 120.0)[0] > shorted_V + 0.1
    assert cell.at(START_S + 120.0).short_ohm == inf


def test_held_voltage_pays_for_the_short_within_the_compliance() -> None:
    cell = half_charged()
    cell.drive_voltage(3.85, START_S, 1e-3)
    cell.inject_hard_short(START_S + 100.0, 1.0e4)
    voltage_V, current_A = cell.measure(START_S + 2000.0)
    assert voltage_V == pytest.approx(3.85, abs=1e-6)
    assert current_A - cell.state(START_S + 2000.0).electrode_A == pytest.approx(3.85e-4, rel=1e-6)
    cell.inject_hard_short(START_S + 3000.0, 10.0)
    voltage_V, current_A = cell.measure(START_S + 3100.0)
    assert current_A == 1e-3
    assert voltage_V < 0.5


@pytest.mark.parametrize("voltage_V", [3.0, 3.4, 3.5, 3.6, 3.9, 4.2])
def test_currents_add_up_on_both_sides_of_the_compliance(voltage_V: float) -> None:
    cell = half_charged()
    cell.inject_hard_short(HALF_CHARGED_S + 1.0, 2601.0)
    cell.drive_voltage(voltage_V, HALF_CHARGED_S + 1.0, 1e-3)
    for later_s in (1.0, 1.5, 30.0):
        state = cell.state(HALF_CHARGED_S + later_s)
        assert abs(state.current_A) <= 1e-3
        assert state.current_A == pytest.approx(state.electrode_A + state.voltage_V / 2601.0, abs=1e-9)


def test_fault_happens_in_the_world_at_its_time() -> None:
    world = SimulatedWorld(WorldSettings())
    world.cell.drive_current(C10_A, 0.0)
    world.call_at(1000.0, world.cell.inject_soft_short)
    world.call_at(2000.0, world.cell.inject_hard_short)
    world.call_at(3000.0, world.cell.end_injected_short)
    world.advance(3500.0)
    truth = [world.truth.at(when)["short_ohm"] for when in (999.0, 1001.0, 2001.0, 3001.0)]
    assert truth == [inf, pytest.approx(5e3, rel=10.0), 3.0, inf]


@cache
def path() -> ShortPath:
    return ShortPath(cell_preset("fine"), 5)


def test_path_conducts_the_better_the_further_it_has_come() -> None:
    assert path().filament_ohm(0.79, 7) == inf
    medians = [
        float(np.median([path().filament_ohm(share, second) for second in range(4000)]))
        for share in (0.8, 0.885, 0.969)
    ]
    assert medians == [pytest.approx(2e5, rel=0.3), pytest.approx(4.5e3, rel=0.3), pytest.approx(105.0, rel=0.3)]
    assert path().filament_ohm(0.97, 7) == path().bridge_ohm
    assert 1.0 <= path().bridge_ohm <= 10.0


def test_unrest_is_drawn_for_each_second_of_the_seed() -> None:
    again, other = ShortPath(cell_preset("fine"), 5), ShortPath(cell_preset("fine"), 6)
    assert [again.unrest(second) for second in (9, 3, 5000)] == [path().unrest(second) for second in (9, 3, 5000)]
    assert other.unrest(3) != path().unrest(3)


@pytest.mark.parametrize(("first", "second", "both"), [(inf, inf, inf), (inf, 4.0, 4.0), (4.0, 4.0, 2.0)])
def test_resistors_side_by_side(first: float, second: float, both: float) -> None:
    assert parallel_ohm(first, second) == both


def test_aged_cell_of_small_grains_shorts_by_itself_and_that_of_large_grains_does_not() -> None:
    shorted = {}
    for preset in ("fine", "coarse"):
        cell = SimulatedCell(cell_preset("fine" if preset == "fine" else "coarse"), seed=3)
        cell.inject_contact_loss(0.5, 0.0)
        now = 0.0
        for _ in range(20):
            cell.drive_current(2 * C10_A, now)
            now += 4 * 3600.0
            cell.drive_current(-2 * C10_A, now)
            now += 4 * 3600.0
        shorted[preset] = cell.at(now).short_ohm < inf
    assert shorted == {"fine": True, "coarse": False}
