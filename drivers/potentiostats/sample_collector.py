"""Collects decoded packages and makes blocks of samples and impedance points out of them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from operando.drivers.errors import FramingError
from operando.drivers.potentiostats.methodscript_packages import Variable
from operando.drivers.potentiostats.step_on_wire import number_on_wire
from operando.drivers.roles import IMPEDANCE_POINT, SAMPLE, KnownOfStep, Samples, Step, StepEnd

__all__ = ["CHARGE", "SAME_MOMENT_S", "SampleCollector", "named", "our_package"]

SAME_MOMENT_S = 1e-4
"""Two packages of a step whose elapsed times differ by less are one; its samples are at least 20 ms apart."""

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
    if not package[0].value >= 0:  # nor is it a number where a digit was garbled
        raise FramingError(f"a package of step {package[0].value:g}, which there cannot be")
    return package


def named(package: Sequence[Variable], step: Step | None) -> Sequence[Variable]:
    """The same package with the number that the step has in its run, if it is of this step."""
    if step is None or int(package[0].value) != number_on_wire(step):
        return package
    return [package[0]._replace(value=float(step.number)), *package[1:]]


class SampleCollector:
    """Numbers samples from connect on: no sample twice, none missing."""

    def __init__(self) -> None:
        self._sequence = 0
        self._rows: list[Row] = []
        self._points: list[Point] = []
        self._late: list[Row] = []

    def add(self, package: Sequence[Variable], time_s: float, uncertainty_s: float) -> None:
        """Take in a package of one of our scripts.

        Args:
            package: as `our_package` has found it.
            time_s: run time at which it was measured.
            uncertainty_s: of that time.
        """
        self._add(package, time_s, uncertainty_s, self._rows)

    def add_late(self, package: Sequence[Variable], time_s: float, uncertainty_s: float) -> None:
        """Take in a package that is older than others; see `add`."""
        self._add(package, time_s, uncertainty_s, self._late)

    def _add(self, package: Sequence[Variable], time_s: float, uncertainty_s: float, rows: list[Row]) -> None:
        step, elapsed, first, second, third = package
        quality = 0
        for variable in package:
            quality |= variable.quality
        if first.kind == FREQUENCY:
            self._points.append((time_s, first.value, second.value, third.value, int(step.value), quality))
            return
        uncertainty_s += elapsed.resolution
        rows.append(
            (
                0,
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

    def adopted(self, heard_as: int, step: int, known: KnownOfStep) -> set[float]:
        """A step is adopted of which some packages have arrived already: keep what is news, at its right time.

        Args:
            heard_as: the number under which they have been collected.
            step: the number of the step.
            known: what is recorded of it.

        Returns:
            The elapsed times of what was kept.
        """
        news = [row for row in self._rows if row[6] == heard_as and not known.has(row[2], SAME_MOMENT_S)]
        self._rows = [
            (row[0], known.origin_s + row[2], *row[2:6], step, *row[7:9], known.uncertainty_s) for row in news
        ]
        self._points = []
        return {row[2] for row in news}

    def take(self, end: StepEnd | None, *, fetching: bool = False) -> Samples:
        """Everything that was collected since the last time."""
        block = self._numbered(self._rows)
        late = self._numbered(self._late)
        impedance = np.array(self._points, dtype=IMPEDANCE_POINT)
        self._rows, self._points, self._late = [], [], []
        return Samples(block, impedance, end, late, fetching)

    def _numbered(self, rows: list[Row]) -> NDArray[np.void]:
        block = np.array(rows, dtype=SAMPLE)
        block["sequence"] = np.arange(self._sequence, self._sequence + len(rows))
        self._sequence += len(rows)
        return block
