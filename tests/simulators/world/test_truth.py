"""Ground truth names everything with its unit, and looking at it changes nothing."""

import pytest

from operando.drivers.links import Truth
from operando.simulators.laboratory import WorldSettings
from operando.simulators.world.scene_layout import StackLayout
from operando.simulators.world.simulated_world import SimulatedWorld


def cycled() -> SimulatedWorld:
    """A world whose cell charges, and whose box begins to leak."""
    world = SimulatedWorld(WorldSettings(preset="fine"))
    world.cell.drive_current(0.12e-3, 0.0)
    world.box.inject_leak(1e-5, 1800.0)
    return world


def test_truth_is_what_the_instruments_would_see_without_error() -> None:
    world = cycled()
    truth: Truth = world.truth
    values = truth.at(3600.0)
    assert (values["voltage_V"], values["current_A"]) == world.cell.measure(3600.0)
    assert values["charge_C"] == pytest.approx(0.12e-3 * 3600.0)
    assert values["lithium_growth_m"] == pytest.approx(4.85e-6 * 0.12 / 0.785, rel=1e-3)
    assert values["lithium_thickness_m"] - values["lithium_growth_m"] == pytest.approx(200e-6)
    assert values["box_leak_Pa_m3_per_s"] == pytest.approx(1e-5, rel=0.05)
    assert values["chamber_pressure_Pa"] == world.chamber.pressure_Pa(3600.0)
    units = {"V", "A", "C", "m", "Pa", "K", "s", "ohm", "loss", "fraction", "count", "tortuosity"}
    assert all(name.rpartition("_")[2] in units for name in values if not name.startswith("field_share_"))


def test_layers_are_as_thick_in_the_truth_and_in_the_cell_as_they_are_drawn() -> None:
    world, layout = SimulatedWorld(WorldSettings(preset="coarse")), StackLayout()
    assert world.truth.at(0.0)["lithium_thickness_m"] == layout.lithium_top_m - layout.lithium_boundary_m
    drawn = layout.lithium_boundary_m - layout.composite_top_m, layout.composite_top_m - layout.collector_top_m
    assert drawn == pytest.approx((600e-6, 50e-6))
    parameters = world.cell.parameters
    assert drawn == pytest.approx((parameters.separator_thickness_m, parameters.cathode_thickness_m))


def test_truth_of_the_past_stays() -> None:
    world = cycled()
    early = world.truth.at(100.0)
    world.truth.at(9000.0)
    world.cell.open_circuit(9000.0)
    assert world.truth.at(100.0) == early


def test_looking_at_the_truth_changes_nothing() -> None:
    watched, alone = cycled(), cycled()
    for now in range(0, 7200, 7):
        watched.truth.at(float(now))
    assert watched.cell.state(7200.0) == alone.cell.state(7200.0)
