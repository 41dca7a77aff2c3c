"""Ranges of current and voltage by their numbers in EClib (sheet 3.2)."""

__all__ = ["LARGEST_CURRENT_A", "current_range", "voltage_range"]

LARGEST_CURRENT_A = (1e-10, 1e-9, 1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1.0)
"""Of `I_Range` 0 to 10."""
LARGEST_VOLTAGE_V = (2.5, 5.0, 10.0)
"""Of `E_Range` 0 to 2."""


def current_range(largest_A: float) -> int:
    """The smallest range that measures a current; a fixed one also bounds what can flow.

    Raises:
        ValueError: if there is none.
    """
    return _smallest(LARGEST_CURRENT_A, largest_A, "A")


def voltage_range(largest_V: float) -> int:
    """The smallest range that measures a voltage.

    Raises:
        ValueError: if there is none.
    """
    return _smallest(LARGEST_VOLTAGE_V, largest_V, "V")


def _smallest(ranges: tuple[float, ...], largest: float, unit: str) -> int:
    for number, limit in enumerate(ranges):
        if largest <= limit * (1.0 + 1e-9):
            return number
    raise ValueError(f"no range reaches {largest:g} {unit}")
