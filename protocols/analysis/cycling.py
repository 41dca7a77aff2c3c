"""What passed in each cycle, and how well it came back."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from operando.protocols.analysis.measured import Measured, not_detectable
from operando.protocols.report.cycles import capacity_by_cycle

__all__ = ["Cycled", "cycles_of"]

_CURRENT_ERROR = 1e-3
"""Of the charge that a potentiostat integrates, relative (accuracy of its range)."""


@dataclass(frozen=True, slots=True)
class Cycled:
    """One cycle.

    Args:
        charge_C, discharge_C: magnitudes.
        efficiency: discharge through charge.
        polarisation_V: mean voltage of the charge less that of the discharge.
    """

    cycle: int
    charge_C: Measured
    discharge_C: Measured
    efficiency: Measured
    polarisation_V: Measured


def cycles_of(samples: NDArray[np.void]) -> tuple[Cycled, ...]:
    """The whole cycles in samples of dtype SAMPLE."""
    found = []
    for cycle in capacity_by_cycle(samples, ended=True):
        both = cycle.charge_C > 0 and cycle.discharge_C > 0
        ratio = cycle.discharge_C / cycle.charge_C if both else 0.0
        apart_V = cycle.mean_charge_V - cycle.mean_discharge_V
        found.append(
            Cycled(
                cycle.cycle,
                Measured(cycle.charge_C, _CURRENT_ERROR * cycle.charge_C),
                Measured(cycle.discharge_C, _CURRENT_ERROR * cycle.discharge_C),
                # both are integrated by one meter: what is wrong with its gain cancels
                Measured(ratio, 0.3 * _CURRENT_ERROR) if both else not_detectable(),
                Measured(apart_V, 1e-3) if both else not_detectable(),
            )
        )
    return tuple(found)
