"""The holder of the cell as its sensors find it: the force on the stack, and the temperature."""

from typing import Protocol

from operando.simulators.world.cell_view import CellView

__all__ = ["Holder", "stack_force_N"]

PASCAL_PER_MPA = 1e6


class Holder(Protocol):
    """A cell under a stack pressure, at a temperature."""

    def at(self, time_s: float) -> CellView:
        """The state at a time that is not in the future."""
        ...


def stack_force_N(holder: Holder, area_m2: float, now: float) -> float:
    """The true force on the stack."""
    return holder.at(now).pressure_MPa * PASCAL_PER_MPA * area_m2
