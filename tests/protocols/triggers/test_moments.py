"""Moments: charge, the end of a step, detectors, steps, and times that wait for the samples of their moment."""

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray
from support.fed_triggers import LEAD_S, feed, fired, watching
from support.samples import sample_block
from support.steps import step_in_progress

from operando.drivers.roles import Galvanostatic, OpenCircuit, Potentiostatic
from operando.protocols.trigger_conditions import (
    AfterEndOf,
    AllOf,
    BeforeEndOf,
    ChargePassed,
    Crosses,
    Detected,
    Every,
    Source,
    StartOf,
)
from operando.protocols.triggers import Detection, StepFacts, Ticks
from operando.protocols.triggers.end_of_step import remaining_s

ABOVE = Crosses(Source("voltage"), 3.5, "rises")
BOX_HIGH = Crosses(Source("pressure", "box"), 1.2e5, "rises")
RAMP = np.linspace(3.0, 4.0, 1001)


def times(found: Sequence[object]) -> list[float]:
    return [firing.time_s for firing in found]  # type: ignore[attr-defined]  # of firings


def test_charge_fires_at_each_portion() -> None:
    for cuts in (range(1, 451), [200], []):
        assert fired(watching(ChargePassed(0.01)), np.full(451, 3.7), cuts=cuts) == [100.0, 200.0, 300.0, 400.0]


def test_portions_of_charge_count_in_each_step_and_both_directions() -> None:
    evaluator = watching(ChargePassed(0.01))
    assert fired(evaluator, np.full(150, 3.7), current_A=-1e-4) == [100.0]
    assert fired(evaluator, np.full(150, 3.7), running=step_in_progress(number=2, started_s=200.0)) == [300.0]


def test_charge_that_passes_while_the_step_settles_counts_when_it_has() -> None:
    assert fired(watching(ChargePassed(0.01), settled_s=150.0), np.full(250, 3.7)) == [150.0, 200.0]


def test_before_the_end_fires_once_and_early_enough() -> None:
    """A charge that bends upwards like a real one: the capture of 60 s must start at least 60 s before 4.19 V."""
    seconds = np.arange(36000.0)
    voltage = 3.6 + 0.5 * seconds / 36000 + 0.1 * np.exp((seconds - 36000) / 1500)
    end = int(np.argmax(voltage >= 4.19))
    running = step_in_progress(Galvanostatic(1e-4, until_voltage_V=4.19))
    for cuts in (range(5, end, 5), [17, 30000], []):
        (time,) = fired(watching(BeforeEndOf("charge")), voltage[:end], running=running, cuts=cuts)
        assert LEAD_S - 1.0 <= end - time < LEAD_S + 30.0


def test_before_the_end_of_another_step_stays_silent() -> None:
    assert fired(watching(BeforeEndOf("discharge")), np.linspace(4.0, 4.2, 500)) == []


def test_before_the_end_of_a_fixed_time_is_exact() -> None:
    running = step_in_progress(OpenCircuit(), duration_s=160.0)
    (firing,) = feed(watching(BeforeEndOf("charge")), np.full(160, 3.7), running=running)
    assert (firing.time_s, firing.value) == (160.0 - LEAD_S, LEAD_S)


def test_constant_voltage_is_predicted_by_the_decay_of_its_current() -> None:
    seconds = np.arange(600.0)
    block = sample_block(seconds, 4.2, current_A=1.2e-4 * np.exp(-seconds / 1000))
    running = step_in_progress(Potentiostatic(4.2, until_current_A=2.4e-5))
    assert remaining_s(running, block) == pytest.approx(1000 * np.log(5.0) - 599, rel=0.01)


def test_a_step_of_fixed_duration_is_predicted_exactly() -> None:
    block = sample_block(np.arange(100.0), 3.7)
    assert remaining_s(step_in_progress(OpenCircuit(), duration_s=160.0), block) == 61.0


def test_start_and_end_of_steps() -> None:
    start, end = watching(StartOf("charge")), watching(AfterEndOf("charge"))
    assert times(start.step_started(step_in_progress(started_s=7.0))) == [7.0]
    assert times(start.step_started(step_in_progress(name="rest"))) == []
    end.step_started(step_in_progress())
    assert times(end.step_ended("charge", 99.0)) == [99.0]
    assert times(end.step_ended("rest", 120.0)) == []


def test_a_start_may_settle() -> None:
    assert fired(watching(StartOf("charge"), settled_s=30.0), np.full(60, 3.7), cuts=range(1, 60)) == [30.0]


def test_after_the_end_only_if_a_state_holds_then() -> None:
    for start_V, expected in ((3.0, []), (3.7, [60.0])):
        evaluator = watching(AllOf((AfterEndOf("charge"), ABOVE)))
        assert feed(evaluator, np.full(60, start_V)) == []
        assert times(evaluator.step_ended("charge", 60.0)) == expected


@pytest.mark.parametrize("due_s", [499.5, 500.0, 900.0])
def test_a_timer_with_a_state_waits_for_the_samples_of_its_time(due_s: float) -> None:
    evaluator = watching(AllOf((Every(10.0), ABOVE)))
    evaluator.step_started(step_in_progress())
    assert evaluator.timer(0, due_s) == [], "it is not known yet"
    block = sample_block(np.arange(1001.0), RAMP)
    assert times(evaluator.samples(Ticks.of_cell(block))) == ([due_s] if due_s > 500.0 else [])


def test_timers_alone_open_with_their_steps() -> None:
    evaluator = watching(Every(10.0), during=("charge",), settled_s=5.0)
    assert evaluator.timer(0, 1.0) == []
    evaluator.step_started(step_in_progress(started_s=2.0))
    assert times(evaluator.timer(0, 6.0)) == []
    assert times(evaluator.timer(0, 7.0)) == [7.0]
    evaluator.step_ended("charge", 8.0)
    assert times(evaluator.timer(0, 20.0)) == []


def test_readings_fire_by_themselves_at_any_time() -> None:
    evaluator = watching(BOX_HIGH)
    source = Source("pressure", "box")
    values = [1.1e5, float("nan"), 1.3e5, 1.3e5, 1.1e5, 1.3e5]
    found = [firing for second, value in enumerate(values) for firing in evaluator.value(second, source, value)]
    assert [(firing.time_s, firing.value) for firing in found] == [(2, 1.3e5), (5, 1.3e5)]
    assert not evaluator.wants(Source("pressure", "chamber"))


def test_a_reading_that_rises_before_its_step_is_true_already() -> None:
    source = Source("pressure", "box")
    evaluator = watching(BOX_HIGH, during=("charge",))
    evaluator.value(1.0, source, 1.1e5)
    evaluator.value(2.0, source, 1.3e5)
    found = evaluator.step_started(step_in_progress(started_s=3.0)) + evaluator.value(4.0, source, 1.3e5)
    found += feed(evaluator, np.full(10, 3.7), running=step_in_progress(started_s=3.0))
    assert {str(firing.outcome) for firing in found} == {"already true"}


class EveryTenthSample:
    """A detector for tests: sees something at the samples 10, 20, ... of a step."""

    def __init__(self) -> None:
        self._count = 0

    def step_started(self, step: StepFacts) -> None:
        self._count = 0

    def samples(self, block: NDArray[np.void]) -> list[Detection]:
        numbers = self._count + np.arange(block.size)
        self._count += block.size
        return [Detection(float(block["time_s"][i]), 0.9, "a tenth") for i in np.flatnonzero(numbers % 10 == 9)]

    def reading(self, quantity: str, name: str, time_s: float, value: float) -> list[Detection]:
        return []


def test_a_detector_fires_with_its_score_and_words() -> None:
    for cuts in ([], range(1, 30), [4, 19]):
        found = feed(watching(Detected("tenths"), {"tenths": EveryTenthSample}), np.full(30, 3.7), cuts=cuts)
        assert [(one.time_s, one.value, one.detail) for one in found] == [(s, 0.9, "a tenth") for s in (9, 19, 29)]
