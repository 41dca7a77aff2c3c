"""Measurement ranges of MethodSCRIPT instruments (sheet 1.4); the tables are those of the EmStat4 HR.

A range of an EmStat4 measures up to about three times its nominal value: overload at 2.92, a warning at 2.46,
underload below 0.123 of it.
"""

from dataclasses import dataclass

from operando.simulators.potentiostats.packages import OVERLOAD, OVERLOAD_WARNING, UNDERLOAD, metadata

__all__ = [
    "CURRENT_RANGES",
    "POTENTIAL_RANGES",
    "CurrentRange",
    "CurrentRanging",
    "current_ranges",
    "potential_range_index",
]

_FULL_SCALE = 2.95
_OVERLOAD, _WARNING, _UNDERLOAD = 2.92, 2.46, 0.123


@dataclass(frozen=True, slots=True)
class CurrentRange:
    """One current range, with everything that a sample needs worked out beforehand."""

    index: int
    nominal_A: float
    saturation_A: float
    overload_A: float
    warning_A: float
    underload_A: float
    counts_per_A: float
    suffixes: tuple[str, ...]
    """The metadata for each status from 0 to 15."""

    def status(self, magnitude_A: float) -> int:
        """The status bits of a current in this range."""
        if magnitude_A > self.overload_A:
            return OVERLOAD
        if magnitude_A > self.warning_A:
            return OVERLOAD_WARNING
        return UNDERLOAD if magnitude_A < self.underload_A else 0


def current_ranges(*ranges: tuple[int, float], full_scale: float = _FULL_SCALE) -> tuple[CurrentRange, ...]:
    """A table of ranges, from the smallest to the largest.

    Args:
        ranges: index and nominal current (A) of each.
        full_scale: largest current over the nominal one; overload, warning and underload keep their shares of it.
    """
    share = full_scale / _FULL_SCALE
    return tuple(
        CurrentRange(
            index,
            nominal_A,
            full_scale * nominal_A,
            share * _OVERLOAD * nominal_A,
            share * _WARNING * nominal_A,
            share * _UNDERLOAD * nominal_A,
            1.0e5 / nominal_A,
            tuple(metadata(status, index) for status in range(16)),
        )
        for index, nominal_A in ranges
    )


CURRENT_RANGES = current_ranges((9, 1e-7), (12, 1e-6), (15, 1e-5), (18, 1e-4), (21, 1e-3), (24, 1e-2), (27, 1e-1))
POTENTIAL_RANGES = ((2, 0.05), (3, 0.1), (4, 0.2), (5, 0.5), (6, 1.0))


def potential_range_index(magnitude_V: float, ranges: tuple[tuple[int, float], ...] = POTENTIAL_RANGES) -> int:
    """The index of the smallest potential range that holds a voltage; the largest one for all beyond."""
    for index, nominal_V in ranges:
        if magnitude_V <= nominal_V:
            return index
    return ranges[-1][0]


class CurrentRanging:
    """The current range in use, and between which ranges the instrument may change by itself."""

    def __init__(self, ranges: tuple[CurrentRange, ...] = CURRENT_RANGES) -> None:
        self._ranges: tuple[CurrentRange, ...] = ()
        self.use(ranges)

    def use(self, ranges: tuple[CurrentRange, ...]) -> None:
        """Measure with a table of ranges; if it is another one than before, in its largest range."""
        if ranges is not self._ranges:
            self._ranges = ranges
            self._lowest = self._highest = self._position = len(ranges) - 1
            self.active = ranges[self._position]

    @property
    def full_scale_A(self) -> float:
        """The largest current of the largest range that may be used."""
        return self._ranges[self._highest].saturation_A

    def fix(self, maximum_A: float) -> None:
        """Stay in the smallest range that can measure a current."""
        self._lowest = self._highest = self._position = self._position_of(maximum_A)
        self.active = self._ranges[self._position]

    def allow(self, minimum_A: float, maximum_A: float) -> None:
        """Change by itself between the ranges for these two currents."""
        self._lowest, self._highest = sorted((self._position_of(minimum_A), self._position_of(maximum_A)))
        self._position = min(max(self._position, self._lowest), self._highest)
        self.active = self._ranges[self._position]

    def select(self, magnitude_A: float) -> CurrentRange:
        """The range in which a current is measured, after the change that it asks for."""
        active = self.active
        if active.underload_A <= magnitude_A <= active.warning_A:
            return active
        while self.active.warning_A < magnitude_A and self._position < self._highest:
            self._move(1)
        while self.active.underload_A > magnitude_A and self._position > self._lowest:
            self._move(-1)
        return self.active

    def _move(self, by: int) -> None:
        self._position += by
        self.active = self._ranges[self._position]

    def _position_of(self, magnitude_A: float) -> int:
        for position, current_range in enumerate(self._ranges):
            if abs(magnitude_A) <= current_range.saturation_A:
                return position
        return len(self._ranges) - 1
