"""Makes samples and impedance points of rows, numbered without a gap."""

import math

import numpy as np

from operando.drivers.potentiostats.observed.steps import PlacedRow
from operando.drivers.roles import IMPEDANCE_POINT, SAMPLE, ObservedStep, SampleQuality, Samples

__all__ = ["ObservedCollector"]


class ObservedCollector:
    """Collects rows until they are taken."""

    def __init__(self) -> None:
        self._sequence = 0
        self._told_step = 0
        self._begun: list[ObservedStep] = []
        self._samples: list[tuple[float | int, ...]] = []
        self._points: list[tuple[float | int, ...]] = []

    def add(self, placed: PlacedRow, time_s: float, uncertainty_s: float) -> None:
        """One row, in order of time."""
        row = placed.row
        if placed.step != self._told_step:
            self._told_step = placed.step
            self._begun.append(ObservedStep(placed.step, placed.name, placed.technique, time_s))
        if row.point is not None:
            self._points.append((time_s, *row.point, placed.step, _quality(*row.point, overload=row.overload)))
            return
        self._samples.append(
            (
                self._sequence,
                time_s,
                placed.elapsed_s,
                row.voltage_V,
                row.current_A,
                placed.charge_C,
                placed.step,
                row.cycle,
                _quality(row.voltage_V, row.current_A, overload=row.overload),
                uncertainty_s,
            )
        )
        self._sequence += 1

    def take(self) -> Samples:
        """Everything since the last time."""
        samples = Samples(
            np.array(self._samples, SAMPLE), np.array(self._points, IMPEDANCE_POINT), begun=tuple(self._begun)
        )
        self._samples, self._points, self._begun = [], [], []
        return samples


def _quality(*values: float, overload: bool) -> int:
    quality = SampleQuality.OVERLOAD if overload else SampleQuality.OK
    if not all(map(math.isfinite, values)):
        quality |= SampleQuality.NOT_A_NUMBER
    return int(quality)
