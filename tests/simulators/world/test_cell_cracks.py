"""Cracks and filaments: where, of which kind, and when they grow."""

from collections import Counter

import numpy as np
import pytest
from support.cells import C10_A, HALF_CHARGED_S, half_charged

from operando.simulators.world.filaments import CrackLaw, Flaws, plating_stress_MPa
from operando.simulators.world.presets import CellParameters, cell_preset

FINE = cell_preset("fine")


def law(parameters: CellParameters = FINE, seed: int = 1) -> CrackLaw:
    return CrackLaw(parameters, Flaws.drawn(parameters, seed))


def test_stress_of_plating_is_7_42_megapascal_for_each_millivolt() -> None:
    # 10 A/m2 through 1e-3 ohm m2 in full contact is an overpotential of 10 mV
    assert plating_stress_MPa(10.0, 1e-3, 1.0, 6.0) == pytest.approx(74.2, rel=1e-3)
    assert plating_stress_MPa(10.0, 1e-3, 0.5, 6.0) == pytest.approx(74.2 * 4.0 / 0.5, rel=1e-3)


@pytest.mark.parametrize(("flaw_um", "critical_mV"), [(1.0, 15.6), (5.0, 7.0), (14.0, 4.2), (50.0, 2.2)])
def test_critical_overpotential_is_that_of_the_sheet(flaw_um: float, critical_mV: float) -> None:
    parameters = FINE.model_copy(update={"initial_flaw_m": flaw_um * 1e-6, "toughness_spread": 0.0})
    weakest = law(parameters)
    assert weakest.critical_stress_MPa(weakest.beginning()) / 7.42 == pytest.approx(critical_mV, rel=0.03)


def test_flaws_lie_along_the_whole_interface_and_are_of_all_kinds() -> None:
    flaws = Flaws.drawn(FINE, 1)
    assert flaws.position_m.min() < -4e-3 and flaws.position_m.max() > 4e-3
    assert 0.3 < np.mean(flaws.behind_m == 0.0) < 0.7
    kinds = Counter(flaws.kinds)
    assert set(kinds) == {"straight", "branching", "spalling", "diffuse"}
    assert kinds["straight"] == max(kinds.values())
    assert Flaws.drawn(FINE, 1).kinds == flaws.kinds
    assert not np.array_equal(Flaws.drawn(FINE, 2).position_m, flaws.position_m)


def test_crack_grows_above_the_critical_stress_and_lithium_follows_with_a_lag() -> None:
    growing = law()
    fresh = growing.beginning()
    critical = growing.critical_stress_MPa(fresh)
    assert growing.after(fresh, 1000.0, 0.99 * critical).longest_crack_m == FINE.initial_flaw_m
    assert growing.after(fresh, -1000.0, 10.0 * critical) is fresh, "cracks stand still while lithium is stripped"
    grown = growing.after(fresh, 1000.0, 2.0 * critical)
    assert grown.longest_crack_m > FINE.initial_flaw_m
    assert 0.0 < grown.longest_filament_m < grown.longest_crack_m
    filled = growing.after(grown, 1e6, 0.0)
    assert filled.longest_crack_m == grown.longest_crack_m
    assert filled.longest_filament_m == pytest.approx(grown.longest_crack_m, rel=1e-6)


def test_kinds_go_as_deep_as_they_go() -> None:
    growing = law()
    cracks = growing.beginning()
    for _ in range(400):
        cracks = growing.after(cracks, 1000.0, 1000.0)
    across_m = FINE.separator_thickness_m * FINE.crack_tortuosity
    for kind, share in {"straight": 1.0, "branching": 1.0, "spalling": 0.15, "diffuse": 0.6}.items():
        longest = max(c for c, k in zip(cracks.crack_m, growing.flaws.kinds, strict=True) if k == kind)
        assert longest <= share * across_m * (1 + 1e-12)
        assert longest > 0.2 * share * across_m


def test_bridge_is_one_filament_right_across() -> None:
    growing = law()
    bridged = growing.after(growing.beginning(), 1000.0, 200.0).bridged(618e-6)
    assert np.count_nonzero(bridged.filament_m == 618e-6) == 1
    assert (bridged.filament_m <= bridged.crack_m).all()


def test_torn_contact_makes_cracks_while_charging_and_none_while_discharging() -> None:
    cell = half_charged("fine")
    cell.inject_contact_loss(0.5, HALF_CHARGED_S)
    cell.drive_current(-C10_A, HALF_CHARGED_S)
    assert cell.at(HALF_CHARGED_S + 7200.0).crack_m == FINE.initial_flaw_m
    cell.drive_current(C10_A, HALF_CHARGED_S + 7200.0)
    view = cell.at(HALF_CHARGED_S + 14400.0)
    assert view.crack_m > 2 * FINE.initial_flaw_m
    assert view.plating_stress_MPa > 35.0
    assert cell.at(HALF_CHARGED_S + 7200.0).crack_m == FINE.initial_flaw_m, "the past stays"
