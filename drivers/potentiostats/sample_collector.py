"""Collects decoded packages and makes blocks of samples and impedance points out of them."""

from collections.abc import Sequence

import numpy as np

from operando.drivers.errors import FramingError
from operando.drivers.potentiostats.methodscript_packages import Variable
from operando.drivers.roles import IMPEDANCE_POINT, SAMPLE, Samples, StepEnd

__all__ = ["CHARGE", "SampleCollector", "our_package"]

STEP, ELAPSED, CHARGE, FREQUENCY = b"ee", b"eb", b"ja", b"dc"

Row = tuple[int, float, float, float, float, float, int, int, int, float]
Point = tuple[float, float, float, float, int, int]


def our_package(package: Sequence[Variable]) -> Sequence[Variable]:
    """The same package, if it is one that our scripts send.

    That is step and elapsed time, then charge, voltage and current or frequency, real and imaginary part.

    Raises:
        FramingError: if it is another one.
    """
    kinds = [variable.kind for variable in package]
    ours = len(package) == 5 and kinds[:2] == [STEP, ELAPSED] and kinds[2] in (CHARGE, FREQUENCY)
    if not ours or package[0].quality or package[1].quality:
        raise FramingError(f"a package of another script: {b';'.join(kinds)!r}")
    return package


class SampleCollector:
    """Numbers samples from connect on: no sample twice, none missing."""

    def __init__(self) -> None:
        self._sequence = 0
        self._rows: list[Row] = []
        self._points: list[Point] = []

    def add(self, package: Sequence[Variable], origin_s: float, uncertainty_s: float) -> None:
        """Take in a package of one of our scripts.

        Args:
            package: as `our_package` has found it.
            origin_s: run time at which the elapsed time of the step is zero.
            uncertainty_s: of the origin.
        """
        step, elapsed, first, second, third = package
        quality = 0
        for variable in package:
            quality |= variable.quality
        time_s = origin_s + elapsed.value
        if first.kind == FREQUENCY:
            self._points.append((time_s, first.value, second.value, third.value, int(step.value), quality))
            return
        uncertainty_s += elapsed.resolution
        self._rows.append(
            (
                self._sequence,
                time_s,
                elapsed.value,
                second.value,
                third.value,
                first.value,
                int(step.value),
                0,
                quality,
                uncertainty_s,
            )
        )
        self._sequence += 1

    def take(self, end: StepEnd | None) -> Samples:
        """Everything that was collected since the last time."""
        block = np.array(self._rows, dtype=SAMPLE)
        impedance = np.array(self._points, dtype=IMPEDANCE_POINT)
        self._rows, self._points = [], []
        return Samples(block, impedance, end)
