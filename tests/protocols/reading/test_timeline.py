"""The state of the cell at any moment: interpolated inside a step, never across a change of step."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from support.samples import sample_block

from operando.protocols.reading.timeline import state_at

UNKNOWN = float("nan")


def two_steps() -> NDArray[np.void]:
    """A charge until 10 s; the next step begins at 10.5 s by its own clock and has its first sample at 11 s."""
    charge = sample_block(np.arange(11.0), 3.0 + 0.1 * np.arange(11.0), current_A=1e-4, charge_C=1e-4 * np.arange(11.0))
    rest = sample_block(np.arange(11.0, 15.0), 3.5, step=2, cycle=2, started_s=10.5)
    return np.concatenate([charge, rest])


@pytest.mark.parametrize(
    ("time_s", "voltage_V", "current_A", "charge_C", "step"),
    [
        (0.0, 3.0, 1e-4, 0.0, 1),
        (0.25, 3.025, 1e-4, 0.25e-4, 1),
        (10.0, 4.0, 1e-4, 10e-4, 1),
        (10.4, 4.0, 1e-4, 10e-4, 1),
        (10.5, 3.5, 0.0, 0.0, 2),
        (10.9, 3.5, 0.0, 0.0, 2),
        (11.5, 3.5, 0.0, 0.0, 2),
        (20.0, 3.5, 0.0, 0.0, 2),
        (-1.0, 3.0, 1e-4, 0.0, 1),
        (1e6, UNKNOWN, UNKNOWN, UNKNOWN, 0),
        (-1e6, UNKNOWN, UNKNOWN, UNKNOWN, 0),
    ],
    ids=str,
)
def test_at(time_s: float, voltage_V: float, current_A: float, charge_C: float, step: int) -> None:
    state = state_at(two_steps(), time_s)
    assert (float(state["voltage_V"]), float(state["current_A"]), float(state["charge_C"])) == pytest.approx(
        (voltage_V, current_A, charge_C), nan_ok=True
    )
    assert int(state["step"]) == step


def test_the_shape_is_that_of_the_times() -> None:
    assert state_at(two_steps(), np.zeros((2, 3))).shape == (2, 3)
    assert state_at(two_steps(), 1.0).shape == ()


def test_without_samples_nothing_is_known() -> None:
    state = state_at(two_steps()[:0], [1.0, 2.0])
    assert np.isnan(state["voltage_V"]).all()
    assert state["step"].tolist() == [0, 0]


def test_a_gap_is_not_bridged() -> None:
    gap = sample_block([0.0, 1000.0], [3.0, 4.0])
    assert np.isnan(state_at(gap, 500.0)["voltage_V"])
    assert state_at(gap, 500.0, no_further_than_s=600.0)["voltage_V"] == pytest.approx(3.5)


def test_a_sample_that_is_no_number_hides_only_what_needs_it() -> None:
    broken = sample_block([0.0, 1.0, 2.0, 3.0], [3.0, UNKNOWN, 3.2, 3.3])
    voltages = state_at(broken, [0.0, 0.5, 2.0, 2.5])["voltage_V"]
    assert np.array_equal(np.isnan(voltages), [False, True, False, False])


@given(times_s=st.lists(st.floats(0.0, 14.0), min_size=1, max_size=20))
def test_many_moments_at_once_are_as_one_by_one(times_s: list[float]) -> None:
    samples = two_steps()
    together = state_at(samples, times_s)
    assert together.tolist() == [state_at(samples, time_s).tolist() for time_s in times_s]
