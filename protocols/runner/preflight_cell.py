"""What the pre-flight asks of a cell before it is charged: its voltage at rest, and how it is contacted."""

import math
from collections.abc import Callable

from operando.drivers.roles import Impedance, Potentiostat
from operando.protocols.program import Safety
from operando.protocols.runner.cell_timeline import CellTimeline
from operando.protocols.runner.cycling import Cycling, StepWish
from operando.protocols.runner.prediction import slope
from operando.protocols.triggers.step_facts import PRE_FLIGHT

__all__ = ["CellPreflight"]

OCV_S = 20.0
MOST_DRIFT_V_PER_S = 1e-4
CONTACT_FREQUENCY_HZ = (1e5, 1e4)
MOST_CONTACT_OHM = 2000.0


class CellPreflight:
    """Asks one cell.

    Args:
        safety: its limits.
        potentiostat: that has it.
        cycling: carries the steps out.
        cell: the samples so far.
        note: takes the question, whether the answer is good, and the answer.
    """

    def __init__(
        self,
        safety: Safety | None,
        potentiostat: Potentiostat,
        cycling: Cycling,
        cell: CellTimeline,
        note: Callable[[str, bool, str], None],
    ) -> None:
        self._safety = safety
        self._potentiostat = potentiostat
        self._cycling = cycling
        self._cell = cell
        self._note = note

    async def at_rest(self) -> None:
        """Let it rest: the voltage within the limits, and steady?

        Raises:
            SafetyTrip: if a limit was passed.
        """
        end = await self._cycling.rest(f"{PRE_FLIGHT}open circuit", 0, OCV_S, lambda: False)
        samples = self._cell.recent(end.time_s - OCV_S - 1.0, end.step)
        voltage = float(samples["voltage_V"].mean()) if samples.size else math.nan
        drift = slope(samples["time_s"], samples["voltage_V"])
        safety = self._safety
        inside = safety is not None and safety.voltage_V[0] <= voltage <= safety.voltage_V[1]
        self._note("open-circuit voltage", inside, f"{voltage:.4f} V" + ("" if inside else _outside(safety)))
        steady = math.isfinite(drift) and abs(drift) <= MOST_DRIFT_V_PER_S
        self._note("open-circuit drift", steady, f"{drift * 3.6e6:.2f} mV/h")

    async def contact(self) -> None:
        """Measure a few high frequencies: is the cell contacted?

        Raises:
            SafetyTrip: if a limit was passed.
        """
        limits = self._potentiostat.capabilities.impedance_frequency_Hz
        if limits is None:
            self._note("contact", True, "not measured: the potentiostat has no impedance")
            return
        start, stop = min(CONTACT_FREQUENCY_HZ[0], limits[1]), CONTACT_FREQUENCY_HZ[1]
        technique = Impedance(start, stop, 5, 0.01)
        await self._cycling.run_step(StepWish(f"{PRE_FLIGHT}contact", 0, technique, 120.0))
        resistance = self._cycling.high_frequency_ohm
        good = math.isfinite(resistance) and 0.0 < resistance < MOST_CONTACT_OHM
        self._note(
            "contact", good, f"{resistance:.1f} ohm at {start / 1e3:g} kHz, less than {MOST_CONTACT_OHM:g} expected"
        )


def _outside(safety: Safety | None) -> str:
    if safety is None:
        return ", and the protocol has no safety window"
    return f", outside the safety window of {safety.voltage_V[0]:g} to {safety.voltage_V[1]:g} V"
