"""Capacity and coulombic efficiency, cycle by cycle."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["CycleCapacity", "capacity_by_cycle", "passed_charge_C"]

COULOMB_PER_AMPERE_HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class CycleCapacity:
    """What passed in one cycle.

    Args:
        cycle: counts from 1.
        charge_C, discharge_C: magnitudes, by the potentiostat's own integration.
        complete: whether a later cycle has begun, or the run has come to its end.
        mean_charge_V, mean_discharge_V: energy through charge; NaN if nothing passed.
    """

    cycle: int
    charge_C: float
    discharge_C: float
    complete: bool
    mean_charge_V: float
    mean_discharge_V: float

    @property
    def coulombic_efficiency(self) -> float:
        """Discharge through charge; NaN for a cycle that is not complete or that did not do both."""
        if not self.complete or self.charge_C <= 0 or self.discharge_C <= 0:
            return math.nan
        return self.discharge_C / self.charge_C


def passed_charge_C(samples: NDArray[np.void]) -> NDArray[np.float64]:
    """Charge that passed with each sample since the one before it, shape (n,), positive when charging.

    Differences of the charge that the instrument integrates in each step. The first sample of a step counts from
    zero; that of a step carried on after a hold begins with the charge that the step had before, which was counted
    then, and counts with its current and the time since the step began.
    """
    charge, step = samples["charge_C"], samples["step"]
    passed = np.diff(charge, prepend=0.0)
    first = np.flatnonzero(np.diff(step.astype(np.int64), prepend=-1))
    since_s = np.minimum(samples["elapsed_s"], np.diff(samples["time_s"], prepend=0.0))[first]
    flown = samples["current_A"][first] * np.maximum(since_s, 0.0)
    carried_on = np.abs(charge[first]) > 2.0 * np.abs(flown) + 1e-9
    passed[first] = np.where(carried_on, flown, charge[first])
    return passed


def capacity_by_cycle(samples: NDArray[np.void], *, ended: bool) -> list[CycleCapacity]:
    """The cycles in which anything passed, in order; cycle 0 is the pre-flight and counts for none.

    Args:
        samples: dtype SAMPLE.
        ended: whether the run has come to its planned end, so that its last cycle is a whole one.
    """
    if not samples.size:
        return []
    passed = passed_charge_C(samples)
    found = []
    last = int(samples["cycle"].max())
    for cycle in np.unique(samples["cycle"][samples["cycle"] > 0]):
        own = samples["cycle"] == cycle
        charge, voltage = passed[own], samples["voltage_V"][own]
        charged, discharged = np.maximum(charge, 0.0), np.maximum(-charge, 0.0)
        if not charge.any():
            continue
        found.append(
            CycleCapacity(
                int(cycle),
                float(charged.sum()),
                float(discharged.sum()),
                ended or int(cycle) < last,
                _mean(voltage, charged),
                _mean(voltage, discharged),
            )
        )
    return found


def _mean(voltage_V: NDArray[np.float64], charge_C: NDArray[np.float64]) -> float:
    total = float(charge_C.sum())
    return float(voltage_V @ charge_C) / total if total > 0 else math.nan
