"""What a check has measured, with its limits, their unit, and why they are where they are."""

import math
from dataclasses import dataclass

__all__ = ["Curve", "Measurement", "between", "held"]

YES_OR_NO = "yes or no"


@dataclass(frozen=True, slots=True)
class Measurement:
    """One value and the limits that it must keep. NaN keeps none.

    Args:
        what: in words.
        value: in `unit`; 1 or 0 for a fact that holds or does not.
        unit: SI, or `yes or no`.
        lowest, highest: limits, which belong to the allowed range; infinite where there is none.
        because: the reason for the limits.
        found: what was seen, for a fact.
    """

    what: str
    value: float
    unit: str
    lowest: float
    highest: float
    because: str
    found: str = ""

    @property
    def kept(self) -> bool:
        """Whether the value is within its limits."""
        return self.lowest <= self.value <= self.highest

    @property
    def is_fact(self) -> bool:
        """Whether this is a yes or no."""
        return self.unit == YES_OR_NO

    @property
    def limits(self) -> str:
        """The limits in words."""
        if self.is_fact:
            return "must hold"
        low, high = math.isfinite(self.lowest), math.isfinite(self.highest)
        if low and high:
            return f"{self.lowest:.6g} to {self.highest:.6g} {self.unit}".rstrip()
        return (
            f"at least {self.lowest:.6g} {self.unit}" if low else f"at most {self.highest:.6g} {self.unit}"
        ).rstrip()

    def __str__(self) -> str:
        if self.is_fact:
            told = "yes" if self.kept else "no"
            return f"{self.what}: {told}{f' ({self.found})' if self.found else ''}"
        value = f"{self.value:.6g} {self.unit}".rstrip()
        return f"{self.what}: {value}, allowed {self.limits}"


@dataclass(frozen=True, slots=True)
class Curve:
    """A line for the figure of a check: what was seen while it ran.

    Args:
        label: in words.
        x, y: points, of equal length.
        x_label, y_label: quantities with their units.
        marks: horizontal lines, by what they are.
    """

    label: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    x_label: str
    y_label: str
    marks: tuple[tuple[str, float], ...] = ()


def between(
    what: str, value: float, unit: str, lowest: float = -math.inf, highest: float = math.inf, *, because: str
) -> Measurement:
    """A measured value that must lie between limits."""
    return Measurement(what, float(value), unit, lowest, highest, because)


def held(what: str, fact: bool, *, because: str, found: object = "") -> Measurement:
    """A fact that must hold."""
    return Measurement(what, float(fact), YES_OR_NO, 1.0, 1.0, because, str(found))
