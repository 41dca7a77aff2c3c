"""What one capture costs: numbers worked out by hand."""

import pytest
from support.protocols import program

from operando.drivers.roles import ColumnCapabilities, EdsCapabilities, ScannerCapabilities
from operando.protocols.plan import BenchFacts, cost_of, frame_dose_C_per_m2

SLOW = BenchFacts(
    column=ColumnCapabilities((200.0, 3e4), (1e-12, 1e-6), (6e-3, 0.1), (1e-6, 0.05), unblank_s=2.0),
    scanner=ScannerCapabilities((2e-8, 1e-2), (16384, 16384), 4, start_latency_s=1.0),
    eds=EdsCapabilities((2048,), 0.1, overhead_s=0.5, maps_by_itself=False),
)


def test_the_dose_of_a_frame_is_its_charge_over_its_field() -> None:
    made = program()
    # 100 pA for 1024 x 768 pixels of 5 us, on 120 um x 90 um
    assert frame_dose_C_per_m2(made.captures["overview"], made.regions["anode"]) == pytest.approx(
        100e-12 * 1024 * 768 * 5e-6 / (120e-6 * 90e-6)
    )


def test_two_detectors_are_two_pictures_and_one_dose() -> None:
    made = program()
    cost = cost_of(made.captures["overview"], [made.regions["anode"]], SLOW)
    assert (cost.pictures, cost.spectra) == (2, 0)
    assert cost.bytes == 2 * (1024 * 768 * 2 + 400)
    assert cost.region_C_per_m2 == {"anode": pytest.approx(0.0364, rel=1e-3)}
    # stage 3 s, unblanking 2 s, latency 1 s, and 768 lines of 5.12 ms with 0.1 ms of flyback
    assert cost.duration_s == pytest.approx(3 + 2 + 1 + 768 * 5.22e-3)


def test_tiles_multiply_pictures_and_time_and_not_the_dose() -> None:
    made = program("regions: [anode]", "regions: [cathode]")
    overview = made.captures["overview"]
    one = cost_of(overview, [made.regions["anode"]], SLOW)
    three = cost_of(overview, [made.regions["cathode"]], SLOW)
    assert three.pictures == 3 * one.pictures
    assert three.duration_s == pytest.approx(3 * one.duration_s)
    assert three.region_C_per_m2["cathode"] == pytest.approx(one.region_C_per_m2["anode"] * 36)


def test_repeated_frames_multiply_the_dose() -> None:
    made = program("dwell: 5 us,", "dwell: 5 us, repeat: 10,")
    cost = cost_of(made.captures["overview"], [made.regions["anode"]], SLOW)
    assert cost.pictures == 20
    assert cost.region_C_per_m2["anode"] == pytest.approx(0.364, rel=1e-3)


def test_a_map_counts_live_time_as_written_and_waiting_beside_it() -> None:
    made = program("{point: 5 s}", "{map: [4, 5], live_time_per_point: 300 ms}")
    cost = cost_of(made.captures["chemistry"], [made.regions["cathode"]], SLOW)
    field_m2 = 20e-6 * 15e-6
    assert cost.spectra == 20
    assert cost.bytes == 20 * (2048 * 4 + 400)
    assert cost.region_C_per_m2["cathode"] == pytest.approx(500e-12 * 20 * 0.3 / field_m2)
    # dead time of a tenth, half a second at each point, and twice the blanker
    assert cost.waiting_C_per_m2["cathode"] == pytest.approx(500e-12 * (6 / 0.9 - 6 + 20 * 0.5 + 2 * 2.0) / field_m2)
    assert cost.duration_s == pytest.approx(3 + 2 * 2.0 + 6 / 0.9 + 20 * 0.5)


def test_a_spot_is_as_wide_as_the_range_of_the_electrons() -> None:
    made = program()
    cost = cost_of(made.captures["chemistry"], [made.regions["cathode"]], None)
    # 10 kV in argyrodite: 2.1 um (specification of the simulated cell, 1.7)
    by_hand = 500e-12 * 5 / 0.9 / (3.14159 / 4 * 2.1e-6**2)
    assert cost.spot_C_per_m2["cathode"] == pytest.approx(by_hand, rel=0.05)
