"""The cells of a run as its sessions see them: whether they rest, whether they stand, and how they were left."""

import math

from pydantic import JsonValue

from operando.protocols.runner.cell_timeline import CellTimeline
from operando.protocols.runner.control_cell import ControlCell
from operando.protocols.runner.cycling import Cycling

__all__ = ["Cells"]


class Cells:
    """The cell in the beam, and its control cell if there is one.

    Args:
        timeline: of the cell in the beam.
        cycling: of the cell in the beam; None if this run does not cycle it.
        control: None if there is none.
    """

    def __init__(self, timeline: CellTimeline, cycling: Cycling | None, control: ControlCell | None) -> None:
        self._timeline = timeline
        self._cycling = cycling
        self._control = control

    def rest(self) -> bool:
        """Whether each of them that has steps left rests because none may begin."""
        return all(one.at_rest and one.running is not None for one in self._alive)

    def stand(self) -> bool:
        """Whether those rests have ended, and nothing follows."""
        return all(one.stands for one in self._alive)

    def cycle(self) -> int:
        """The cycle of the last sample of the cell in the beam."""
        return self._timeline.at(self._timeline.latest_s).cycle

    @property
    def values(self) -> dict[str, JsonValue]:
        """How the cell in the beam was left, for the record."""
        state = self._timeline.at(self._timeline.latest_s)
        voltage_V = state.voltage_V if math.isfinite(state.voltage_V) else None
        time_s = self._timeline.latest_s
        return {"voltage_V": voltage_V, "cycle": state.cycle, "time_s": time_s if math.isfinite(time_s) else None}

    @property
    def _alive(self) -> list[Cycling]:
        cells = [] if self._cycling is None or (self._control and self._control.awaited) else [self._cycling]
        if self._control is not None and not self._control.failure and not self._control.over:
            cells.append(self._control.cycling)
        return cells
