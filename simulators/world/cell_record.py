"""The states that a cell went through, so that any earlier moment can be looked up."""

from array import array
from bisect import bisect_right

from operando.simulators.world.cell_state import CellState, Drive

__all__ = ["CellRecord"]

_FIELDS = len(CellState._fields)


class CellRecord:
    """States at the points of the time grid and at each change of drive; 88 bytes for each.

    An hour of steady running takes 32 kB, so the whole run is kept.
    """

    def __init__(self) -> None:
        self._times = array("d")
        self._states = array("d")
        self._drive_times: list[float] = []
        self._drives: list[Drive] = []

    def add(self, state: CellState) -> None:
        """Keep a state, not earlier than those before it."""
        self._times.append(state.time_s)
        self._states.extend(state)

    def add_drive(self, time_s: float, drive: Drive) -> None:
        """Remember that a drive holds from a time on."""
        self._drive_times.append(time_s)
        self._drives.append(drive)

    def forget_after(self, time_s: float) -> CellState:
        """Drop the states later than a time; the last one that remains."""
        count = bisect_right(self._times, time_s)
        del self._times[count:]
        del self._states[count * _FIELDS :]
        return self._state(count - 1)

    def before(self, time_s: float) -> tuple[CellState, Drive]:
        """The last state that was kept not later than a time, and the drive from it on.

        Raises:
            ValueError: if the time lies before the beginning.
        """
        index = bisect_right(self._times, time_s) - 1
        if index < 0:
            raise ValueError(f"the cell has no state at {time_s:g} s: the world begins at 0 s")
        return self._state(index), self._drives[bisect_right(self._drive_times, time_s) - 1]

    def _state(self, index: int) -> CellState:
        return CellState._make(self._states[index * _FIELDS : (index + 1) * _FIELDS])
