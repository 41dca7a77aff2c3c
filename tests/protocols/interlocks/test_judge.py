"""One rule at a time: what trips it, what keeps it tripped, and what clears it."""

import math

import pytest
from support.interlock_readings import BOX, CELL_VOLTAGE, CHAMBER, STACK, judge, reading

from operando.drivers.roles import Quality
from operando.protocols.interlocks import Action, Band, Judge, NotCleared, Phase, Rule, Source, shipped_rules


def single(condition: Band, *, latch: bool = True, lost_link_trips: bool = True) -> Judge:
    rule = Rule(
        "mine", frozenset({Phase.OBSERVE}), (condition,), (Action.BLANK_BEAM,), latch, lost_link_trips=lost_link_trips
    )
    made = Judge((rule,))
    made.readings.expect(condition.source, 1.0, 0.0)
    return made


def see(made: Judge, source: Source, values: list[float], start_s: float = 0.0) -> list[str]:
    """Readings one second apart; returns what was found, with its time."""
    found = []
    for index, value in enumerate(values):
        now = start_s + index
        made.take(source, reading(source, value, now))
        found += [f"{finding.kind} at {now:g}" for finding in made.judge(now)]
    return found


def test_a_value_that_is_bad_already_when_the_rule_begins_trips() -> None:
    assert see(single(Band(CHAMBER, highest=0.1)), CHAMBER, [5.0]) == ["tripped at 0"]


def test_a_trip_is_latched_and_told_once() -> None:
    made = single(Band(CHAMBER, highest=0.1))
    assert see(made, CHAMBER, [0.03, 0.2, 0.3, 0.03, 0.03]) == ["tripped at 1"]
    assert "chamber pressure is 0.2 Pa" in made.beam_forbidden()


def test_without_a_latch_the_rule_clears_itself() -> None:
    made = single(Band(CHAMBER, highest=0.1), latch=False)
    assert see(made, CHAMBER, [0.03, 0.2, 0.03]) == ["tripped at 1", "clear at 2"]
    assert not made.beam_forbidden()


def test_the_operator_clears_only_what_is_over() -> None:
    made = single(Band(CHAMBER, highest=0.1))
    see(made, CHAMBER, [0.2])
    with pytest.raises(NotCleared, match="is not clear: the chamber pressure is"):
        made.acknowledge("mine", 0.0)
    see(made, CHAMBER, [0.03], 1.0)
    assert made.acknowledge("mine", 1.0).why.startswith("the chamber pressure is 0.2 Pa")
    assert not made.beam_forbidden()
    with pytest.raises(NotCleared, match="no interlock 'mine' has tripped"):
        made.acknowledge("mine", 1.0)


def test_clear_again_needs_a_better_value_for_some_time() -> None:
    band = Band(CHAMBER, highest=0.1, again_highest=0.06, stable_s=3.0)
    made = single(band, latch=False)
    found = see(made, CHAMBER, [0.03] * 5 + [0.2] + [0.08] * 10 + [0.05] * 5)
    assert found == ["cannot be judged at 0", "clear at 3", "tripped at 5", "clear at 19"]


def test_what_is_outside_for_a_moment_may_be_let_pass() -> None:
    made = single(Band(CELL_VOLTAGE, lowest=2.8, highest=4.3, lasting_s=2.0))
    assert see(made, CELL_VOLTAGE, [4.4, 4.4, 4.2, 4.4, 4.2, 2.7, 2.7]) == []
    assert see(made, CELL_VOLTAGE, [2.7], 7.0) == ["tripped at 7"]


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_never_inside(value: float) -> None:
    assert see(single(Band(STACK, 1.0, 2.0)), STACK, [value]) == ["tripped at 0"]


@pytest.mark.parametrize("quality", [Quality.OFF, Quality.FAULT, Quality.STALE])
def test_a_reading_that_is_none_forbids_at_once_and_trips_when_it_lasts(quality: Quality) -> None:
    made = single(Band(CHAMBER, highest=0.1))
    see(made, CHAMBER, [0.03])
    kinds = []
    for now in range(1, 6):
        made.take(CHAMBER, reading(CHAMBER, 0.02, now, quality))
        kinds += [f"{found.kind} at {now}" for found in made.judge(now)]
        assert made.beam_forbidden(), "a plausible number beside a bad quality counts for nothing"
    assert kinds == ["cannot be judged at 1", "tripped at 4"]


def test_silence_is_as_bad() -> None:
    made = single(Band(CHAMBER, highest=0.1))
    see(made, CHAMBER, [0.03])
    assert made.judge(3.0) == ()
    (found,) = made.judge(3.1)
    assert found.kind == "tripped" and "is 3 s old" in found.why


def test_a_gauge_that_hangs_on_what_the_rule_acts_on_forbids_until_it_is_back() -> None:
    made = single(Band(CHAMBER, highest=0.1), lost_link_trips=False)
    see(made, CHAMBER, [0.03])
    for now in range(1, 100):
        made.take(CHAMBER, reading(CHAMBER, math.nan, now, Quality.STALE))
        assert not any(found.kind == "tripped" for found in made.judge(now))
        assert made.beam_forbidden()
    assert see(made, CHAMBER, [0.03], 100.0) == ["clear at 100"]


@pytest.mark.parametrize(
    ("quality", "above", "below"),
    [(Quality.UNDER, False, True), (Quality.OVER, True, False)],
    ids=["under range is a good vacuum", "over range is a bad one"],
)
def test_beyond_the_range_is_a_reading(quality: Quality, above: bool, below: bool) -> None:
    for band, expected in ((Band(CHAMBER, highest=0.1), above), (Band(CHAMBER, lowest=0.1), below)):
        made = single(band)
        made.take(CHAMBER, reading(CHAMBER, math.nan, 0.0, quality))
        assert bool(made.judge(0.0)) is expected


def test_a_frozen_gauge_trips_where_it_should_show_noise() -> None:
    rule = Rule("mine", frozenset({Phase.OBSERVE}), (Band(BOX, highest=2e5),), (Action.WARN,))
    for frozen_after_s, expected in (({BOX: 10.0}, ["tripped at 11"]), ({}, [])):
        made = Judge((rule,), frozen_after_s=frozen_after_s)
        made.readings.expect(BOX, 1.0, 0.0)
        assert see(made, BOX, [1.1e5] * 20) == expected


def test_a_fast_fall_trips_before_the_limit() -> None:
    made = judge("stack pressure")
    found = see(made, STACK, [20e6 - max(0, now - 100) * 3e4 for now in range(300)])
    assert len(found) == 1
    tripped_s = float(found[0].removeprefix("tripped at "))
    assert 100 < tripped_s < 170 and "falls by" in made.tripped(Action.HOLD_CYCLING)


def test_a_latch_survives_the_next_phase_and_the_rest_is_judged_anew() -> None:
    made = judge("stack pressure", "beam only while observing")
    made.take(STACK, reading(STACK, 1e6))
    made.judge(0.0)
    made.enter(Phase.TRANSFER)
    made.judge(0.0)
    assert made.tripped(Action.HOLD_CYCLING), "the operator has not cleared it"
    assert "beam only while observing" in made.beam_forbidden()
    made.acknowledge("stack pressure", 1.0)
    assert not made.tripped(Action.HOLD_CYCLING), "it means nothing in this phase, so that it can be cleared"


def test_every_shipped_rule_is_complete() -> None:
    rules = shipped_rules()
    assert len(rules) == 13
    for rule in rules.values():
        assert rule.phases and rule.when and rule.actions and rule.why
        assert rule.cleared_by == ("operator" if rule.latch else "itself")
