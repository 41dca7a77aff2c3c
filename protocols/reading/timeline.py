"""The electrochemical state of the cell at any moments of a run."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["CELL_STATE", "state_at"]

CELL_STATE = np.dtype(
    [
        ("time_s", "<f8"),
        ("voltage_V", "<f8"),
        ("current_A", "<f8"),
        ("charge_C", "<f8"),  # passed in the step
        ("cycle", "<u4"),
        ("step", "<u4"),  # 0 where no sample tells
    ]
)
"""The state of the cell at a moment on the run's timeline."""

_INTERPOLATED = ("voltage_V", "current_A", "charge_C")


def state_at(samples: NDArray[np.void], times_s: ArrayLike, no_further_than_s: float = 60.0) -> NDArray[np.void]:
    """The state at some moments: between two samples of a step interpolated, never across a change of step.

    Between two steps the moment of the change is known from the clock of the new step; before it the last sample of
    the old step holds, after it the first of the new one.

    Args:
        samples: dtype SAMPLE, shape (n,), in order of time.
        times_s: run times, any shape.
        no_further_than_s: where the nearest sample is further away, nothing is known: NaN, step 0.

    Returns:
        dtype CELL_STATE, of the shape of `times_s`.
    """
    times = np.asarray(times_s, float)
    states = np.zeros(times.shape, CELL_STATE)
    states["time_s"] = times
    for name in _INTERPOLATED:
        states[name] = np.nan
    if not len(samples):
        return states
    known_s = samples["time_s"]
    after = np.minimum(np.searchsorted(known_s, times), len(samples) - 1)
    before = np.maximum(after - 1, 0)
    after = np.where(times < known_s[0], before, after)
    share = _share_of_after(samples, before, after, times)
    nearest_s = np.minimum(np.abs(known_s[before] - times), np.abs(known_s[after] - times))
    known = nearest_s <= no_further_than_s
    for name in _INTERPOLATED:
        values = samples[name]
        low, high = values[before], values[after]
        # a share of 0 or 1 takes a sample as it is, whatever the other one is
        between = np.where(share == 0.0, low, np.where(share == 1.0, high, low * (1.0 - share) + high * share))
        states[name] = np.where(known, between, np.nan)
    near = np.where(share > 0.0, after, before)
    for name in ("cycle", "step"):
        states[name] = np.where(known, samples[name][near], 0)
    return states


def _share_of_after(
    samples: NDArray[np.void], before: NDArray[np.intp], after: NDArray[np.intp], times_s: NDArray[np.float64]
) -> NDArray[np.float64]:
    """How much of the later sample is in the state; 0 or 1 between two steps."""
    earlier_s, later_s = samples["time_s"][before], samples["time_s"][after]
    span_s = later_s - earlier_s
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(span_s > 0.0, np.clip((times_s - earlier_s) / span_s, 0.0, 1.0), 1.0)
    change_s = np.clip(later_s - samples["elapsed_s"][after], earlier_s, later_s)
    other_step = samples["step"][before] != samples["step"][after]
    return np.where(other_step, (times_s >= change_s) & (times_s > earlier_s), share).astype(float)
