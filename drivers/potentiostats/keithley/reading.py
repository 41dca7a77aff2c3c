"""Readings as they come in comma-separated numbers."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from operando.drivers.errors import FramingError
from operando.drivers.roles import SampleQuality

__all__ = ["OVERFLOW", "Reading", "numbers"]

OVERFLOW = 9.9e37
"""A reading beyond its range, or one that was not made (sheet 2.5)."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of both quantities.

    Args:
        elapsed_s: since the beginning of the step, by the clock of the instrument.
        questionable: the instrument says so.
    """

    elapsed_s: float
    voltage_V: float
    current_A: float
    questionable: bool = False

    @property
    def quality(self) -> SampleQuality:
        """What is wrong with it."""
        quality = SampleQuality.OVERLOAD_WARNING if self.questionable else SampleQuality.OK
        if any(abs(value) >= OVERFLOW for value in (self.voltage_V, self.current_A)):
            quality |= SampleQuality.OVERLOAD
        if any(math.isnan(value) for value in (self.voltage_V, self.current_A)):
            quality |= SampleQuality.NOT_A_NUMBER
        return quality


def numbers(reply: str, columns: int) -> list[Sequence[float]]:
    """Rows of numbers; separators may be commas or semicolons, and one may stand at the end.

    Raises:
        FramingError: if it is something else.
    """
    words = reply.replace(";", ",").rstrip(",").split(",")
    try:
        values = [float(word) for word in words]
    except ValueError as error:
        raise FramingError(f"these are no readings: {reply[:100]!r}") from error
    if len(values) % columns:
        raise FramingError(f"{len(values)} numbers do not make rows of {columns}: {reply[:100]!r}")
    return [values[start : start + columns] for start in range(0, len(values), columns)]
