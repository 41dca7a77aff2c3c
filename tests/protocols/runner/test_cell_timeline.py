"""The state of the cell at a moment comes from samples, never from set points."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.samples import sample_block

from operando.drivers.clock import VirtualClock
from operando.drivers.timeline import run, sleep_until
from operando.protocols.runner.cell_timeline import KEPT_SAMPLES, CellTimeline


@given(st.floats(0.0, 99.0))
def test_a_ramp_is_interpolated_exactly(time_s: float) -> None:
    cell = CellTimeline()
    times = np.arange(100.0)
    cell.add(sample_block(times, 3.0 + 0.01 * times, current_A=1e-4, charge_C=1e-4 * times))
    state = cell.at(time_s)
    assert state.voltage_V == pytest.approx(3.0 + 0.01 * time_s, abs=1e-12)
    assert state.charge_C == pytest.approx(1e-4 * time_s, abs=1e-12)
    assert (state.cycle, state.step) == (1, 1)


def test_nothing_is_known_far_from_samples() -> None:
    cell = CellTimeline()
    assert math.isnan(cell.at(0.0).voltage_V)
    cell.add(sample_block([100.0, 101.0, 200.0], 3.7))
    assert math.isnan(cell.at(94.0).voltage_V)
    assert math.isnan(cell.at(150.0).voltage_V)
    assert cell.at(205.0).voltage_V == 3.7
    assert math.isnan(cell.at(206.0).voltage_V)


def test_a_change_of_step_is_not_smeared() -> None:
    cell = CellTimeline()
    cell.add(sample_block([10.0], 4.2, current_A=1e-4, step=1))
    cell.add(sample_block([11.0], 4.1, current_A=0.0, step=2))
    assert (cell.at(10.4).current_A, cell.at(10.4).step) == (1e-4, 1)
    assert (cell.at(10.6).current_A, cell.at(10.6).step) == (0.0, 2)


def test_old_samples_are_let_go_and_new_ones_stay_right() -> None:
    cell = CellTimeline()
    block = 5000
    for begin in range(0, 3 * KEPT_SAMPLES, block):
        times = np.arange(begin, begin + block, dtype=float)
        cell.add(sample_block(times, times))
    last = 3 * KEPT_SAMPLES - 1
    assert cell.latest_s == last
    assert cell.at(last - 1000.5).voltage_V == last - 1000.5
    assert math.isnan(cell.at(10.0).voltage_V)


def test_waiting_for_samples_ends_when_they_come_or_when_patience_does() -> None:
    clock = VirtualClock()
    cell = CellTimeline()

    async def deliver() -> None:
        for second in range(1, 6):
            await sleep_until(clock, float(second))
            cell.add(sample_block([float(second)], 3.7))

    async def main() -> tuple[float, float]:
        import anyio

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(deliver)
            await cell.reached(3.5, 10.0)
            came = clock.now()
            await cell.reached(99.0, 10.0)
            return came, clock.now()
        raise AssertionError("unreachable")

    assert run(clock, main) == (4.0, 14.0)
