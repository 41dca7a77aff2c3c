"""The chamber: vacuum as found, leak of the box on the gauge, pump down, vent and a pump that stops."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operando.simulators.world.box import SimulatedBox
from operando.simulators.world.chamber import SimulatedChamber

MBAR_L_PER_S = 0.1
"""In Pa m3/s."""


def chamber_and_box() -> tuple[SimulatedChamber, SimulatedBox]:
    """A chamber with a box in it."""
    box = SimulatedBox()
    return SimulatedChamber(box), box


@pytest.mark.parametrize("now", [0.0, 600.0, 86400.0])
def test_chamber_is_found_pumped_and_ready(now: float) -> None:
    chamber, _ = chamber_and_box()
    assert 0.02 < chamber.pressure_Pa(now) < 0.04
    assert chamber.ready(now)


@pytest.mark.parametrize(("leak_mbar_l_per_s", "extra_Pa"), [(1e-4, 2e-4), (5e-4, 1e-3)])
def test_leak_of_the_box_shows_in_the_chamber(leak_mbar_l_per_s: float, extra_Pa: float) -> None:
    tight, _ = chamber_and_box()
    chamber, box = chamber_and_box()
    box.inject_leak(leak_mbar_l_per_s * MBAR_L_PER_S, 50.0)
    assert chamber.pressure_Pa(100.0) - tight.pressure_Pa(100.0) == pytest.approx(extra_Pa, rel=0.01)


def test_large_leak_ends_the_permission_for_the_beam() -> None:
    chamber, box = chamber_and_box()
    box.inject_leak(0.05 * MBAR_L_PER_S, 50.0)
    assert not chamber.ready(60.0)


def test_vent_and_pump_down() -> None:
    chamber, _ = chamber_and_box()
    chamber.vent(10.0)
    assert not chamber.ready(10.0)
    assert chamber.pressure_Pa(300.0) == pytest.approx(101325.0, rel=1e-3)
    chamber.pump(300.0)
    pressures = [chamber.pressure_Pa(300.0 + 10.0 * step) for step in range(400)]
    assert all(later < earlier for earlier, later in pairwise(pressures))
    ready_s = next(seconds for seconds in range(4000) if chamber.ready(300.0 + seconds))
    assert 300 < ready_s < 1200


def test_stopped_pump_lets_the_pressure_rise_until_it_is_pumped_again() -> None:
    chamber, box = chamber_and_box()
    found_Pa = chamber.pressure_Pa(100.0)
    lost = box.amount_Pa_m3(100.0) - box.amount_Pa_m3(160.0)
    chamber.stop_pump(100.0)
    assert chamber.pressure_Pa(100.0) == pytest.approx(found_Pa)
    outgassed = (chamber.pressure_Pa(160.0) - found_Pa) * 0.04 - lost
    assert outgassed / 60.0 == pytest.approx(1.65e-3, rel=0.1)
    assert not chamber.ready(160.0)
    chamber.pump(160.0)
    assert chamber.ready(400.0)


def test_gas_that_leaves_the_box_is_in_the_chamber_when_nothing_is_pumped() -> None:
    (chamber, box), (tight, _) = chamber_and_box(), chamber_and_box()
    for one in (chamber, tight):
        one.stop_pump(10.0)
    box.inject_leak(1.0 * MBAR_L_PER_S, 10.0)
    extra = (chamber.pressure_Pa(70.0) - tight.pressure_Pa(70.0)) * 0.04
    assert extra == pytest.approx(box.amount_Pa_m3(10.0) - box.amount_Pa_m3(70.0), rel=1e-2)


def test_past_stays_when_the_pumps_change() -> None:
    chamber, _ = chamber_and_box()
    before = [chamber.pressure_Pa(now) for now in (0.0, 5.0, 10.0)]
    chamber.vent(10.0)
    chamber.pump(100.0)
    assert [chamber.pressure_Pa(now) for now in (0.0, 5.0)] == before[:2]


def test_order_that_comes_late_is_carried_out_at_the_present() -> None:
    chamber, _ = chamber_and_box()
    chamber.vent(100.0)
    chamber.pump(90.0)
    assert chamber.pressure_Pa(99.0) == pytest.approx(chamber.pressure_Pa(90.0), rel=1e-3)
    assert chamber.pressure_Pa(160.0) < 1.0


@given(st.lists(st.tuples(st.sampled_from(["pump", "vent", "stop_pump"]), st.floats(0.1, 500.0)), max_size=8))
def test_pressure_never_jumps_and_stays_between_vacuum_and_atmosphere(orders: list[tuple[str, float]]) -> None:
    chamber, _ = chamber_and_box()
    now = 0.0
    for order, wait_s in orders:
        now += wait_s
        before = chamber.pressure_Pa(now)
        getattr(chamber, order)(now)
        assert chamber.pressure_Pa(now) == pytest.approx(before, rel=1e-9)
    for later in (0.0, 1.0, 30.0, 1000.0):
        assert 0.0 < chamber.pressure_Pa(now + later) <= 101325.0
