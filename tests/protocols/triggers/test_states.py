"""Each condition on a value, on samples whose truth is known; in any blocks it is the same."""

import numpy as np
import pytest
from support.fed_triggers import feed, fired, watching
from support.steps import step_in_progress

from operando.protocols.trigger_conditions import AllOf, AnyOf, Changes, Condition, Crosses, Not, Rate, Source
from operando.protocols.triggers import Outcome

VOLTAGE, CURRENT = Source("voltage"), Source("current")
RISES, FALLS = Crosses(VOLTAGE, 3.5, "rises"), Crosses(VOLTAGE, 3.5, "falls")
RAMP = np.linspace(3.0, 4.0, 1001)


def cuts(every: int, count: int) -> range:
    return range(every, count, every)


@pytest.mark.parametrize("chunk", [1, 7, 100])
def test_crossing_fires_at_its_sample_once_however_the_samples_come(chunk: int) -> None:
    assert fired(watching(RISES), RAMP, cuts=cuts(chunk, 1001)) == [500.0]
    assert fired(watching(FALLS), RAMP, cuts=cuts(chunk, 1001)) == []
    assert fired(watching(FALLS), RAMP[::-1], cuts=cuts(chunk, 1001)) == [500.0]


def test_its_value_is_that_of_the_sample() -> None:
    (firing,) = feed(watching(RISES), RAMP, cuts=[500])
    assert (firing.time_s, firing.value) == (500.0, RAMP[500])


def test_without_hysteresis_noise_fires_again_and_with_it_once() -> None:
    noisy = np.where(np.arange(100) % 2, 3.495, 3.501)
    noisy[:10] = 3.4
    assert len(fired(watching(RISES), noisy)) == 45
    assert fired(watching(Crosses(VOLTAGE, 3.5, "rises", hysteresis=0.01)), noisy) == [10.0]


@pytest.mark.parametrize(("below_s", "times"), [(5, []), (6, [15.0]), (30, [15.0])])
def test_a_dwell_counts_from_the_crossing_and_begins_anew(below_s: int, times: list[float]) -> None:
    voltage = np.full(100, 3.6)
    voltage[10 : 10 + below_s] = 3.4
    voltage[60:63] = 3.4
    assert fired(watching(Crosses(VOLTAGE, 3.5, "falls", for_s=5.0)), voltage, cuts=cuts(3, 100)) == times


def test_a_soft_short_falls_and_fires_again_only_after_recovery() -> None:
    voltage = np.full(100, 4.0)
    voltage[30:40] -= 0.05
    voltage[70:80] -= 0.05
    assert fired(watching(Changes(VOLTAGE, 0.02, 5.0, "falls")), voltage, cuts=cuts(1, 100)) == [30.0, 70.0]


def test_slow_discharge_is_no_soft_short() -> None:
    assert fired(watching(Changes(VOLTAGE, 0.02, 5.0, "falls")), np.linspace(4.2, 3.0, 36000)) == []


def test_a_rate_needs_its_whole_window() -> None:
    """0.4 mV/s are more than 1 mV/min from the first sample on; told after a minute of them."""
    falling = 4.0 - 4e-4 * np.arange(100)
    assert fired(watching(Rate(VOLTAGE, 1e-3 / 60, 60.0, "falls")), falling) == [60.0]
    assert fired(watching(Rate(VOLTAGE, 1e-3 / 60, 60.0, "rises")), falling) == []
    assert fired(watching(Rate(VOLTAGE, 5e-4, 60.0, "falls")), falling) == []


def test_slower_than_a_rate_is_relaxed() -> None:
    seconds = np.arange(7200.0)
    relaxing = 3.7 + 0.05 * np.exp(-seconds / 600)
    (time,) = fired(watching(Rate(VOLTAGE, 1e-3 / 3600, 600.0, "slower")), relaxing, cuts=cuts(5, 7200))
    slope = np.polyfit(seconds[int(time) - 600 : int(time) + 1], relaxing[int(time) - 600 : int(time) + 1], 1)[0]
    assert abs(slope) == pytest.approx(1e-3 / 3600, rel=0.01)


def test_all_any_and_not() -> None:
    up = Crosses(VOLTAGE, 3.2, "rises")
    weak = Crosses(CURRENT, 5e-5, "falls")
    current = np.where(np.arange(1001) < 700, 1e-4, 1e-5)
    both, either, band = AllOf((RISES, weak)), AnyOf((RISES, weak)), AllOf((up, Not(RISES)))
    assert fired(watching(both), RAMP, current_A=current) == [700.0]
    assert fired(watching(either), RAMP, current_A=current) == [500.0, 700.0]
    assert fired(watching(AllOf((either, up))), RAMP, current_A=current) == [500.0], "inside `all` it is one state"
    assert fired(watching(band), RAMP, cuts=[3]) == [200.0]


def test_a_value_that_is_no_number_changes_nothing() -> None:
    voltage = np.where(np.arange(1001) % 3 == 1, np.nan, RAMP)
    for condition in (RISES, Changes(VOLTAGE, 0.1, 100.0, "rises"), Rate(VOLTAGE, 1e-4, 50.0, "rises")):
        assert len(fired(watching(condition), voltage, cuts=cuts(7, 1001))) == 1
    assert fired(watching(RISES), np.full(10, np.nan)) == []


@pytest.mark.parametrize("condition", [RISES, Crosses(VOLTAGE, 3.5, "rises", for_s=10.0), AnyOf((RISES, FALLS))])
def test_what_holds_already_waits_and_says_so_or_fires(condition: Condition) -> None:
    voltage = np.r_[np.full(20, 3.7), np.full(20, 3.4), np.full(20, 3.7)]
    if isinstance(condition, AnyOf):
        voltage = np.full(20, 3.7)
    waiting = feed(watching(condition), voltage)
    assert (waiting[0].outcome, waiting[0].time_s) == (Outcome.ALREADY_TRUE, 0.0)
    assert [firing.outcome for firing in waiting[1:]] == [Outcome.FIRED] * (len(waiting) - 1)
    assert feed(watching(condition, if_already="fire"), voltage)[0].outcome is Outcome.FIRED


def test_a_crossing_while_the_step_settles_fires_when_it_has_settled() -> None:
    """Nothing is lost; a step that began beyond has not crossed."""
    for start_V, outcome in ((3.0, Outcome.FIRED), (3.7, Outcome.ALREADY_TRUE)):
        voltage = np.r_[np.linspace(start_V, 3.8, 20), np.full(40, 3.8)]
        (firing,) = feed(watching(RISES, settled_s=20.0), voltage, cuts=[5, 20, 33])
        assert (firing.outcome, firing.time_s) == (outcome, 20.0)


def test_what_falls_while_the_step_settles_and_stands_then_is_no_change() -> None:
    voltage = np.r_[np.linspace(4.0, 3.9, 10), np.linspace(3.9, 3.86, 30), np.full(30, 3.86)]
    assert feed(watching(Changes(VOLTAGE, 0.02, 5.0, "falls"), settled_s=15.0), voltage) == []


def test_the_jump_from_step_to_step_is_no_crossing() -> None:
    evaluator = watching(RISES)
    assert fired(evaluator, np.full(30, 3.4)) == []
    found = feed(evaluator, np.full(30, 3.6), running=step_in_progress(number=2, started_s=30.0))
    assert [firing.outcome for firing in found] == [Outcome.ALREADY_TRUE]


def test_once_and_at_most_every_hold_back_and_say_so() -> None:
    voltage = np.where(np.arange(400) % 100 < 50, 3.4, 3.6)
    once = feed(watching(RISES, once=True), voltage)
    assert [firing.outcome for firing in once] == [Outcome.FIRED] + 3 * [Outcome.HELD_BACK]
    seldom = feed(watching(RISES, at_most_every_s=150.0), voltage)
    assert [(firing.time_s, str(firing.outcome)) for firing in seldom] == [
        (50.0, "fired"),
        (150.0, "held back"),
        (250.0, "fired"),
        (350.0, "held back"),
    ]
    assert seldom[1].detail == "at most every 150 s: it fired at 50.0 s"


def test_only_during_its_steps() -> None:
    evaluator = watching(RISES, during=("charge",))
    assert fired(evaluator, RAMP, running=step_in_progress(name="rest")) == []
    assert fired(evaluator, RAMP, running=step_in_progress(number=2, started_s=2000.0)) == [2500.0]
