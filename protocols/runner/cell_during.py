"""What the cell did while a picture or a spectrum was taken: looked up in one place, when the samples are there."""

from collections.abc import Callable

from operando.protocols.record import CellDuring
from operando.protocols.runner.cell_timeline import CellTimeline

__all__ = ["CellStates"]

SAMPLES_PATIENCE_S = 15.0


class CellStates:
    """Answers what the cell did between two run times.

    Args:
        cell: the samples so far.
        step_name: of the step that runs now; empty if none does.
        samples_come: whether there is anything to wait for: a potentiostat that is there and records.
    """

    def __init__(
        self, cell: CellTimeline, step_name: Callable[[], str], samples_come: Callable[[], bool] = lambda: True
    ) -> None:
        self._cell = cell
        self._samples_come = samples_come
        self.step_name = step_name

    @property
    def cycle(self) -> int:
        """The cycle of the last sample."""
        return self.cycle_at(self._cell.latest_s)

    def cycle_at(self, time_s: float) -> int:
        """The cycle at a run time; 0 where nothing is known."""
        return self._cell.at(time_s).cycle

    async def known(self, until_s: float) -> None:
        """Wait until samples have come as far, if any are to be expected, and not for ever."""
        if self._samples_come():
            await self._cell.reached(until_s, SAMPLES_PATIENCE_S)

    def during(self, start_s: float, end_s: float, step_name: str) -> CellDuring:
        """The state at both ends; NaN where no sample tells.

        Args:
            start_s: run time of the start.
            end_s: run time of the end.
            step_name: as it was at the start.
        """
        start, end = self._cell.at(start_s), self._cell.at(end_s)
        return CellDuring(
            cycle=start.cycle,
            step=start.step,
            step_name=step_name,
            voltage_at_start_V=start.voltage_V,
            voltage_at_end_V=end.voltage_V,
            current_at_start_A=start.current_A,
            current_at_end_A=end.current_A,
            charge_at_start_C=start.charge_C,
            charge_at_end_C=end.charge_C,
        )
