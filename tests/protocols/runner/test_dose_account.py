"""The dose account: budgets, interrupted scans, and the same account again from the record."""

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.laboratory import SimulatedBench
from support.run_protocols import HEAD

from operando.drivers.roles import StagePosition
from operando.protocols.program import DoseBudget, Region
from operando.protocols.record import read_events
from operando.protocols.runner.dose import BEGINS, Booking, DoseAccount, booking_of, lines_seen

ANODE = Region("anode", StagePosition(0.0, 0.0, 0.01), width_m=100e-6)
SPOT = ("anode", 0.5, 0.5)

bookings = st.lists(
    st.tuples(st.sampled_from(["frame", "focus", "spot"]), st.floats(0.001, 10.0), st.integers(0, 3)), max_size=20
)


@given(bookings)
def test_an_account_made_again_from_its_bookings_is_the_same(made: list[tuple[str, float, int]]) -> None:
    noted: list[Booking] = []
    budget = DoseBudget({"anode": 20.0}, frozenset({"anode"}), 20.0)
    account = DoseAccount(budget, noted.append)
    for kind, dose, cycle in made:
        if kind == "spot":
            account.spots_begin("anode", [(0.5, 0.5, 2 * dose)])
            account.add_spot(SPOT, dose)
            account.spots_end("anode")
            continue
        account.begins(ANODE, 2 * dose, cycle)
        account.add(ANODE, dose, cycle, kind)
    again = DoseAccount(budget)
    again.restore(noted)
    assert again.total_C_per_m2("anode") == pytest.approx(account.total_C_per_m2("anode"))
    for cycle in range(4):
        for dose in (0.1, 1.0, 5.0, 19.0):
            assert again.room_for(ANODE, dose, cycle) == account.room_for(ANODE, dose, cycle)
            assert again.room_for_spot(dose, SPOT) == account.room_for_spot(dose, SPOT)


def test_an_exposure_of_which_nothing_is_known_counts_whole() -> None:
    account = DoseAccount(DoseBudget({"anode": 10.0}))
    account.restore(
        [Booking(BEGINS, "anode", 3.0, 1), Booking("frame", "anode", 2.9, 1), Booking(BEGINS, "anode", 3.0, 1)]
    )
    assert account.total_C_per_m2("anode") == pytest.approx(5.9)


def test_spots_of_which_nothing_is_known_count_whole() -> None:
    noted: list[Booking] = []
    account = DoseAccount(DoseBudget(per_spot_C_per_m2=10.0), noted.append)
    account.spots_begin("anode", [(0.25, 0.5, 4.0), (0.75, 0.5, 4.0)])
    account.add_spot(("anode", 0.25, 0.5), 4.0)  # killed here, before the second
    again = DoseAccount(DoseBudget(per_spot_C_per_m2=10.0))
    again.restore(noted)
    assert again.room_for_spot(6.0, ("anode", 0.75, 0.5))
    assert not again.room_for_spot(6.1, ("anode", 0.75, 0.5))
    assert not again.room_for_spot(6.1, ("anode", 0.25, 0.5))


def test_records_with_an_event_for_each_spot_are_still_understood() -> None:
    event = {"source": "dose", "kind": "spot", "region": "anode", "dose_C_per_m2": 3.0, "cycle": 0, "spot": [0.5, 0.5]}
    booking = booking_of(event)
    assert booking is not None
    assert booking.spots == ((0.5, 0.5, 3.0),)


def test_a_budget_per_cycle_begins_anew_and_one_for_the_run_does_not() -> None:
    for per_cycle, room in ((frozenset({"anode"}), True), (frozenset[str](), False)):
        account = DoseAccount(DoseBudget({"anode": 10.0}, per_cycle))
        account.add(ANODE, 8.0, cycle=1)
        assert not account.room_for(ANODE, 3.0, cycle=1)
        assert account.room_for(ANODE, 3.0, cycle=2) is room


@pytest.mark.parametrize(
    ("exposed_s", "lines"), [(-1.0, 0), (0.0, 0), (1e-9, 1), (0.1, 1), (0.1001, 2), (4.79, 48), (9.0, 48)]
)
def test_lines_of_a_scan_that_was_stopped(exposed_s: float, lines: int) -> None:
    assert lines_seen(exposed_s, line_time_s=0.1, lines=48) == lines


def test_the_record_of_a_run_holds_the_account_with_focus_and_every_frame(tmp_path: Path) -> None:
    protocol = (
        HEAD
        + "imaging_only: 6 min\n"
        + "regions: {anode: {stage: {x: 1.200 mm, y: -0.350 mm}, width: 120 um}}\n"
        + "captures: {overview: {regions: anode, detectors: [SE, BSE], pixels: [64, 48], dwell: 100 us, "
        + "beam: {voltage: 5 kV, current: 100 pA}}}\n"
        + "when: [{every: 1 min, capture: overview}]\n"
        + "dose: {anode: 1 C/m^2}\n"
    )
    bench = SimulatedBench.open()
    outcome = bench.run(protocol, tmp_path / "run")
    booked = [booking for event in read_events(tmp_path / "run") if (booking := booking_of(event)) is not None]
    frames = [booking for booking in booked if booking.kind == "frame"]
    assert outcome.pictures == 2 * len(frames), "two detectors look at the same electrons"
    area_m2 = 120e-6**2 * 0.75
    each = 64 * 48 * 100e-6 * 100e-12 / area_m2
    assert all(math.isclose(booking.dose_C_per_m2, each, rel_tol=1e-6) for booking in frames)
    assert {"focus", "frame"} <= {booking.kind for booking in booked}
    account = DoseAccount(DoseBudget())
    account.restore(booked)
    assert account.total_C_per_m2("anode") == pytest.approx(
        sum(booking.dose_C_per_m2 for booking in booked if booking.kind != BEGINS)
    )
    assert account.total_C_per_m2("anode") <= 1.0
