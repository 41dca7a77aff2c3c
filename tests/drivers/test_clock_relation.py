"""The bound of a clock relation holds, whatever the clock and the wire do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operando.drivers.clock_relation import ClockRelation

OFFSETS_S = [-7.3, 0.0, 4.1]
RATE_ERRORS = [-50e-6, 0.0, 50e-6]


@pytest.mark.parametrize("offset_s", OFFSETS_S)
@pytest.mark.parametrize("rate_error", RATE_ERRORS)
def test_clock_that_is_seconds_off_and_drifts_is_within_the_stated_bound(offset_s: float, rate_error: float) -> None:
    def device(time_s: float) -> float:
        return offset_s + time_s * (1.0 + rate_error)

    relation = ClockRelation()
    for exchange in range(2000):
        asked_s = exchange * 30.0
        answered_s = asked_s + 0.003 + 0.001 * (exchange % 7)  # the wire is not always equally fast
        read_s = asked_s + (answered_s - asked_s) * ((exchange * 0.618) % 1.0)  # nor equally slow both ways
        relation.observe(device(read_s), asked_s, answered_s)
        for later_s in (0.0, 14.0, 29.0):
            told = relation.at(device(answered_s + later_s))
            assert abs(told.time_s - (answered_s + later_s)) <= told.uncertainty_s
    assert relation.at(device(2000 * 30.0)).uncertainty_s < 4e-3  # half of the fastest exchange, and a little drift
    slowest, fastest = relation.rate
    assert slowest <= 1 / (1 + rate_error) <= fastest
    assert fastest - slowest < 3e-5  # what is left is how much a rate may wander
    assert relation.contradictions == 0


def test_uncertainty_grows_between_exchanges_and_falls_with_the_next() -> None:
    relation = ClockRelation()
    relation.observe(100.0, 10.0, 10.002)
    assert relation.at(100.0).uncertainty_s == pytest.approx(1e-3)
    assert relation.at(1100.0).uncertainty_s == pytest.approx(1e-3 + 1000 * 1e-4)
    relation.observe(1100.0, 1010.01, 1010.012)
    assert relation.at(1100.0).uncertainty_s == pytest.approx(1e-3)


def test_clock_that_was_set_starts_the_relation_afresh_and_is_counted() -> None:
    relation = ClockRelation()
    relation.observe(0.0, 0.0, 0.01)
    relation.observe(5000.0, 100.0, 100.01)
    assert relation.contradictions == 1
    assert relation.at(5000.0).time_s == pytest.approx(100.005)


def test_nothing_observed_is_an_error_not_a_guess() -> None:
    with pytest.raises(ValueError, match="nothing is known"):
        ClockRelation().at(0.0)


@given(
    rate_error=st.floats(-9e-5, 9e-5),
    gaps_s=st.lists(st.floats(0.01, 4000.0), min_size=1, max_size=60),
    before_s=st.floats(0.0, 2.0),
    after_s=st.floats(0.0, 2.0),
)
def test_bound_holds_for_any_delays(rate_error: float, gaps_s: list[float], before_s: float, after_s: float) -> None:
    relation = ClockRelation()
    time_s = 0.0
    for index, gap_s in enumerate(gaps_s):
        time_s += gap_s
        device_s = 1000.0 + time_s * (1.0 + rate_error)
        share = (index * 0.37) % 1.0
        relation.observe(device_s, time_s - before_s * share, time_s + after_s * (1.0 - share))
        told = relation.at(device_s)
        assert abs(told.time_s - time_s) <= told.uncertainty_s + 1e-9
    assert relation.contradictions == 0
