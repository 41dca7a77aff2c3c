"""Each condition of `when` on samples whose truth is known."""

import numpy as np
import pytest
from support.samples import sample_block
from support.steps import step_in_progress

from operando.drivers.roles import Galvanostatic, OpenCircuit, Potentiostatic
from operando.protocols.program import BeforeEndOf, ChargePassed, Condition, VoltageChanges, VoltageCrosses
from operando.protocols.runner.cell_timeline import CellTimeline
from operando.protocols.runner.conditions import watcher_of
from operando.protocols.runner.prediction import remaining_s
from operando.protocols.runner.step_in_progress import StepInProgress


def fired(
    condition: Condition, voltage: np.ndarray, *, current_A: float = 1e-4, running: StepInProgress, chunk: int = 7
) -> list[float]:
    """Times at which a condition fires when samples at 1 Hz come in blocks."""
    watcher = watcher_of(condition, lead_s=60.0)
    assert watcher is not None
    cell, times = CellTimeline(), []
    watcher.step_started(running)
    seconds = np.arange(voltage.size, dtype=float)
    for begin in range(0, voltage.size, chunk):
        part = slice(begin, begin + chunk)
        block = sample_block(seconds[part], voltage[part], current_A=current_A, charge_C=current_A * seconds[part])
        cell.add(block)
        when = watcher.samples(block, running, cell)
        if when is not None:
            times.append(when)
    return times


@pytest.mark.parametrize("chunk", [1, 7, 100])
def test_crossing_fires_at_its_sample_once_however_the_samples_come(chunk: int) -> None:
    voltage = np.linspace(3.0, 4.0, 1001)
    assert fired(VoltageCrosses(3.5, "rises"), voltage, running=step_in_progress(), chunk=chunk) == [500.0]
    assert fired(VoltageCrosses(3.5, "falls"), voltage, running=step_in_progress(), chunk=chunk) == []
    assert fired(VoltageCrosses(3.5, "falls"), voltage[::-1], running=step_in_progress(), chunk=chunk) == [500.0]


def test_a_step_that_starts_beyond_the_value_has_not_crossed_it() -> None:
    assert fired(VoltageCrosses(3.0, "rises"), np.full(50, 3.7), running=step_in_progress()) == []


def test_a_soft_short_falls_and_fires_again_only_after_recovery() -> None:
    voltage = np.full(100, 4.0)
    voltage[30:40] -= 0.05
    voltage[70:80] -= 0.05
    assert fired(VoltageChanges(0.02, 5.0, "falls"), voltage, running=step_in_progress(), chunk=1) == [30.0, 70.0]


def test_slow_discharge_is_no_soft_short() -> None:
    voltage = np.linspace(4.2, 3.0, 36000)
    assert fired(VoltageChanges(0.02, 5.0, "falls"), voltage, running=step_in_progress(), chunk=100) == []


def test_charge_fires_at_each_portion() -> None:
    assert fired(ChargePassed(0.01), np.full(451, 3.7), running=step_in_progress(), chunk=1) == [
        100.0,
        200.0,
        300.0,
        400.0,
    ]


def test_before_the_end_fires_once_and_early_enough() -> None:
    """A charge that bends upwards like a real one: the capture of 60 s must start at least 60 s before 4.2 V."""
    seconds = np.arange(36000.0)
    voltage = 3.6 + 0.5 * seconds / 36000 + 0.1 * np.exp((seconds - 36000) / 1500)
    end = float(seconds[np.argmax(voltage >= 4.19)])
    running = step_in_progress(Galvanostatic(1e-4, until_voltage_V=4.19))
    (time,) = fired(BeforeEndOf("charge"), voltage[: int(end)], running=running, chunk=5)
    assert 60.0 - 5.0 <= end - time < 90.0  # blocks come every 5 s


def test_before_the_end_of_another_step_stays_silent() -> None:
    voltage = np.linspace(4.0, 4.2, 500)
    assert fired(BeforeEndOf("discharge"), voltage, running=step_in_progress()) == []


def test_constant_voltage_is_predicted_by_the_decay_of_its_current() -> None:
    seconds = np.arange(600.0)
    block = sample_block(seconds, 4.2, current_A=1.2e-4 * np.exp(-seconds / 1000))
    running = step_in_progress(Potentiostatic(4.2, until_current_A=2.4e-5))
    assert remaining_s(running, block) == pytest.approx(1000 * np.log(5.0) - 599, rel=0.01)


def test_a_step_of_fixed_duration_is_predicted_exactly() -> None:
    block = sample_block(np.arange(100.0), 3.7)
    assert remaining_s(step_in_progress(OpenCircuit(), duration_s=160.0), block) == 61.0


def test_a_crossing_while_the_step_settles_fires_when_it_has_settled() -> None:
    """Nothing is lost: it fires with the first settled sample; a step that began beyond has not crossed."""
    for start_V, expected in ((3.0, [20.0]), (3.7, [])):
        watcher = watcher_of(VoltageCrosses(3.5, "rises"), lead_s=60.0)
        assert watcher is not None
        running, cell = step_in_progress(), CellTimeline()
        watcher.step_started(running)
        watcher.unsettled(sample_block(np.arange(20.0), np.linspace(start_V, 3.8, 20)))
        times = []
        for second in range(20, 60):
            when = watcher.samples(sample_block([float(second)], 3.8), running, cell)
            times += [when] if when is not None else []
        assert times == expected
