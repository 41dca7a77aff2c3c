"""The cell of a mixed bench: a real potentiostat has it, and the simulated world follows what is measured there."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from operando.simulators.engine import Engine
from operando.simulators.potentiostats import EmStat4
from operando.simulators.potentiostats.keithley import Keithley2400, Keithley2450
from operando.simulators.potentiostats.vendor_program import EcLab, PsTrace
from operando.simulators.serve.orders import MeasuredCurrent
from operando.simulators.world.beside_the_beam import BesideTheBeam
from operando.simulators.world.world import World

__all__ = ["MeasuredCell", "who_has_the_cell"]

HAVE_THE_CELL = (EmStat4, Keithley2400, Keithley2450, EcLab, PsTrace)


def who_has_the_cell(engines: Mapping[str, Engine]) -> list[str]:
    """The names of those that drive the cell of the world themselves; the control cell is another one."""
    at_the_cell = {name for name, engine in engines.items() if isinstance(engine, HAVE_THE_CELL)}
    return sorted(name for name in at_the_cell if not _has_the_control_cell(engines[name]))


def _has_the_control_cell(engine: Engine) -> bool:
    return isinstance(engine, EmStat4) and isinstance(engine.world, BesideTheBeam)


@dataclass(slots=True)
class MeasuredCell:
    """What was measured last.

    Args:
        current_A: NaN before the first one.
        time_s: of the sample, on the clock of whoever measured.
    """

    current_A: float = math.nan
    time_s: float = -math.inf

    def take(self, sample: MeasuredCurrent, world: World, engines: Mapping[str, Engine], now: float) -> None:
        """From now on the cell of the world carries a current that was measured elsewhere, until it is too old.

        Raises:
            ValueError: if a simulated potentiostat is served at the same cell, or a sample is older than the last one.
        """
        current_A, time_s = sample.measured_current_A, sample.time_s
        if taken := who_has_the_cell(engines):
            raise ValueError(f"the simulated {taken[0]!r} has the cell: serve a bench whose potentiostat is real")
        if not (math.isfinite(current_A) and time_s > self.time_s):
            raise ValueError(f"{current_A:g} A at {time_s:g} s is no sample after the one at {self.time_s:g} s")
        self.current_A, self.time_s = current_A, time_s
        world.cell.drive_current(current_A, now)
        world.call_at(now + sample.holds_s, lambda then: self._forget(time_s, world, then))

    def _forget(self, time_s: float, world: World, now: float) -> None:
        """Nobody has measured for too long: nothing is known of the cell, which is taken to be open."""
        if time_s == self.time_s:
            self.current_A = math.nan
            world.cell.open_circuit(now)

    def truth(self) -> dict[str, JsonValue]:
        """That the current was measured, and when; nothing while the world makes its own."""
        if math.isnan(self.current_A):
            return {}
        return {"measured_current_A": self.current_A, "measured_time_s": self.time_s}
