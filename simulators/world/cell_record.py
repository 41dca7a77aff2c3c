"""The states that a cell went through, so that any earlier moment can be looked up."""

from array import array
from bisect import bisect_right
from typing import NamedTuple

from operando.simulators.world.cell_model import CellModel
from operando.simulators.world.cell_state import AgedState, CellState, Drive

__all__ = ["CellRecord", "Regime"]

_FAST = len(CellState._fields) - 1
_FIELDS = _FAST + len(AgedState._fields)


class Regime(NamedTuple):
    """What is done to the cell from a moment on, and the cell at its temperature and stack pressure."""

    drive: Drive
    model: CellModel


class CellRecord:
    """States at the points of the time grid and at each change of regime; 200 bytes for each.

    An hour of steady running takes 72 kB, so the whole run is kept.
    """

    def __init__(self) -> None:
        self._times = array("d")
        self._states = array("d")
        self._regime_times: list[float] = []
        self._regimes: list[Regime] = []

    def add(self, state: CellState) -> None:
        """Keep a state, not earlier than those before it."""
        self._times.append(state.time_s)
        self._states.extend((*state[:-1], *state.aged))

    def add_regime(self, time_s: float, regime: Regime) -> None:
        """Remember that a regime holds from a time on."""
        self._regime_times.append(time_s)
        self._regimes.append(regime)

    def forget_after(self, time_s: float) -> None:
        """Drop the states later than a time."""
        count = bisect_right(self._times, time_s)
        del self._times[count:]
        del self._states[count * _FIELDS :]

    def before(self, time_s: float) -> tuple[CellState, Regime]:
        """The last state that was kept not later than a time, and the regime from it on.

        Raises:
            ValueError: if the time lies before the beginning.
        """
        index = bisect_right(self._times, time_s) - 1
        if index < 0:
            raise ValueError(f"the cell has no state at {time_s:g} s: the world begins at 0 s")
        fields = self._states[index * _FIELDS : (index + 1) * _FIELDS]
        state = CellState._make((*fields[:_FAST], AgedState._make(fields[_FAST:])))
        return state, self._regimes[bisect_right(self._regime_times, time_s) - 1]
