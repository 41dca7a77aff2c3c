"""A measured value with its uncertainty, or the statement that it could not be seen."""

import math
from dataclasses import dataclass

__all__ = ["Measured", "not_detectable"]


@dataclass(frozen=True, slots=True)
class Measured:
    """What a measurement gave, in SI units.

    Args:
        value: NaN if it was not detectable.
        uncertainty: one standard deviation, as far as the data tell it.
        least: below which this measurement sees nothing; NaN if that is not known.
    """

    value: float
    uncertainty: float
    least: float = math.nan

    @property
    def detectable(self) -> bool:
        """Whether there is a value at all."""
        return not math.isnan(self.value)

    def above_least(self) -> "Measured":
        """The same, or not detectable if it lies below what can be seen."""
        return not_detectable(self.least) if self.value < self.least else self


def not_detectable(least: float = math.nan) -> Measured:
    """Nothing was seen; that is no zero. `least` is what would have been seen."""
    return Measured(math.nan, math.nan, least)
