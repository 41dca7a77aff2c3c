"""The transfer box: leak arithmetic with p/T, and the temperature of the day."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operando.simulators.world.box import SimulatedBox, room_temperature_K

HOUR_S = 3600.0
MBAR_L_PER_S = 0.1
"""In Pa m3/s."""


def slope_of_density(box: SimulatedBox, start_s: float, end_s: float) -> float:
    """Fall of p/T per second."""
    values = [box.pressure_Pa(now) / box.temperature_K(now) for now in (start_s, end_s)]
    return (values[0] - values[1]) / (end_s - start_s)


def test_box_holds_argon_at_1_1_bar_and_298_kelvin() -> None:
    box = SimulatedBox()
    assert box.pressure_Pa(0.0) == pytest.approx(1.1e5)
    assert box.temperature_K(0.0) == pytest.approx(298.0)


def test_leak_of_the_sheet_costs_1_8_mbar_per_hour() -> None:
    box = SimulatedBox(leak_Pa_m3_per_s=0.0)
    box.inject_leak(1e-4 * MBAR_L_PER_S, 0.0)
    fall_Pa = slope_of_density(box, 0.0, HOUR_S) * 298.0 * HOUR_S
    assert fall_Pa == pytest.approx(180.0, rel=0.01)


@given(leak_mbar_l_per_s=st.floats(1e-7, 1e-3), start_s=st.floats(0.0, 80000.0))
def test_density_gives_the_leak_back_at_any_time_of_day(leak_mbar_l_per_s: float, start_s: float) -> None:
    box = SimulatedBox(leak_Pa_m3_per_s=0.0)
    box.inject_leak(leak_mbar_l_per_s * MBAR_L_PER_S, start_s)
    middle_s = start_s + 300.0
    leak = box.volume_m3 * box.temperature_K(middle_s) * slope_of_density(box, start_s, start_s + 600.0)
    assert leak == pytest.approx(box.leak_Pa_m3_per_s(middle_s), rel=1e-3, abs=1e-12)


def test_one_kelvin_looks_like_3_7_mbar_without_density() -> None:
    box = SimulatedBox(leak_Pa_m3_per_s=0.0)
    warm, cold = 21600.0, 64800.0
    change_K = box.temperature_K(warm) - box.temperature_K(cold)
    assert 0.2 < change_K < 1.0
    assert (box.pressure_Pa(warm) - box.pressure_Pa(cold)) / change_K == pytest.approx(370.0, rel=0.01)
    assert box.pressure_Pa(warm) / box.temperature_K(warm) == pytest.approx(
        box.pressure_Pa(cold) / box.temperature_K(cold), rel=1e-12
    )


def test_tiny_leak_of_a_good_box_is_lost_in_the_temperature_of_the_day() -> None:
    box = SimulatedBox()
    assert 0.0 < box.leak_Pa_m3_per_s(0.0) < 1e-5 * MBAR_L_PER_S
    assert slope_of_density(box, 0.0, 24 * HOUR_S) * 298.0 * 24 * HOUR_S < 100.0


def test_leak_into_surroundings_ends_at_equal_pressure() -> None:
    box = SimulatedBox()
    box.inject_leak(10.0 * MBAR_L_PER_S, 100.0)
    box.surround(101325.0, 200.0)
    end_s = 40 * HOUR_S
    assert box.pressure_Pa(end_s) == pytest.approx(101325.0, rel=2e-3)
    assert abs(box.leak_Pa_m3_per_s(end_s)) < 0.01 * MBAR_L_PER_S


def test_leak_is_not_seen_before_it_begins_and_the_past_stays() -> None:
    tight, leaky = SimulatedBox(), SimulatedBox()
    before = [leaky.pressure_Pa(now) for now in (0.0, 500.0, 1000.0)]
    leaky.inject_leak(1.0 * MBAR_L_PER_S, 1000.0)
    assert [leaky.pressure_Pa(now) for now in (0.0, 500.0, 1000.0)] == before
    assert leaky.pressure_Pa(1001.0) < tight.pressure_Pa(1001.0)


def test_empty_box_cannot_leak_out() -> None:
    box = SimulatedBox(pressure_Pa=1e5, leak_Pa_m3_per_s=0.0, outside_Pa=1.2e5)
    with pytest.raises(ValueError, match="no overpressure"):
        box.inject_leak(1e-4, 0.0)


def test_temperature_repeats_every_day() -> None:
    assert room_temperature_K(5000.0) == pytest.approx(room_temperature_K(5000.0 + 86400.0))
