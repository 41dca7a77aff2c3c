"""When will the running step end? Predicted anew only as often as it matters."""

import math

from operando.protocols.runner.cell_timeline import CellTimeline
from operando.protocols.runner.step_in_progress import StepInProgress
from operando.protocols.triggers.end_of_step import LOOK_BACK_S, look_again_after_s, remaining_s, slope

__all__ = ["EndForecast", "remaining_s", "slope"]


class EndForecast:
    """Says when the running step ends, and predicts anew only as often as it matters: the nearer, the more often."""

    def __init__(self) -> None:
        self._step = -1
        self._end_s = math.inf
        self._look_again_s = -math.inf

    def remaining_s(self, running: StepInProgress, cell: CellTimeline) -> float:
        """Seconds from the last sample until the step ends by itself, infinity if nothing tells."""
        now_s = cell.latest_s
        if running.number != self._step or now_s >= self._look_again_s:
            remaining = remaining_s(running, cell.recent(now_s - LOOK_BACK_S, running.number))
            self._step = running.number
            self._end_s = now_s + remaining
            self._look_again_s = now_s + look_again_after_s(remaining)
        return self._end_s - now_s
