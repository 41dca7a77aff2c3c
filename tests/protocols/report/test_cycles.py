"""Capacity and efficiency from the charge that the instrument integrated."""

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from operando.drivers.roles import SAMPLE
from operando.protocols.report.cycles import capacity_by_cycle, passed_charge_C


def step(
    number: int, cycle: int, current_A: float, seconds: int, start_s: float, before_C: float = 0.0
) -> NDArray[np.void]:
    """Samples of a step at constant current, one each second, the first a second after its start."""
    block = np.zeros(seconds, SAMPLE)
    elapsed = np.arange(1, seconds + 1, dtype=float)
    block["time_s"], block["elapsed_s"] = start_s + elapsed, elapsed
    block["current_A"], block["step"], block["cycle"] = current_A, number, cycle
    block["charge_C"] = before_C + current_A * elapsed
    block["voltage_V"] = 4.0 if current_A > 0 else 3.5
    return block


def test_charge_and_discharge_of_two_cycles() -> None:
    samples = np.concatenate(
        [step(1, 1, 1e-3, 1000, 0.0), step(2, 1, -1e-3, 900, 1000.0), step(3, 2, 1e-3, 1000, 1900.0)]
    )
    first, second = capacity_by_cycle(samples, ended=False)
    assert (first.cycle, first.complete, second.complete) == (1, True, False)
    assert first.charge_C == pytest.approx(1.0)
    assert first.discharge_C == pytest.approx(0.9)
    assert first.coulombic_efficiency == pytest.approx(0.9)
    assert first.mean_charge_V == pytest.approx(4.0)
    assert first.mean_discharge_V == pytest.approx(3.5)
    assert math.isnan(second.coulombic_efficiency)


def test_the_charge_that_a_step_had_before_a_hold_counts_once() -> None:
    before = step(1, 1, 1e-3, 400, 0.0)
    after = step(2, 1, 1e-3, 600, 500.0, before_C=0.4)
    samples = np.concatenate([before, after])
    assert passed_charge_C(samples).sum() == pytest.approx(1.0, abs=2e-3)


def test_the_pre_flight_is_no_cycle() -> None:
    samples = np.concatenate([step(1, 0, 1e-6, 10, 0.0), step(2, 1, 1e-3, 100, 10.0)])
    assert [cycle.cycle for cycle in capacity_by_cycle(samples, ended=True)] == [1]


def test_nothing_recorded_is_no_cycle() -> None:
    assert capacity_by_cycle(np.empty(0, SAMPLE), ended=True) == []


def test_rests_do_not_count() -> None:
    samples = np.concatenate([step(1, 1, 1e-3, 100, 0.0), step(2, 1, 0.0, 1000, 100.0)])
    (only,) = capacity_by_cycle(samples, ended=True)
    assert only.charge_C == pytest.approx(0.1)
    assert only.discharge_C == 0.0
