"""The chamber's vacuum as the server reports it."""

import math

from operando.simulators.microscopes.faults import MicroscopeFaults
from operando.simulators.world.world import Chamber

__all__ = ["Vacuum", "VacuumStatus"]

ATMOSPHERE_Pa = 9.0e4
GAUGES_Pa = {1: 2.0e-3, 2: 1.5e-7, 5: 4.0e-4}
"""Gauges that do not see the chamber: turbo pump, gun, column."""


class VacuumStatus:
    """Answers of VacGetStatus."""

    READY = 0
    PUMPING = 1
    VENTING = 2
    OFF = 3


class Vacuum:
    """Pumps and vents the world's chamber."""

    def __init__(self, chamber: Chamber, faults: MicroscopeFaults) -> None:
        self._chamber = chamber
        self._faults = faults
        self._venting = False

    def status(self, now: float) -> int:
        """Ready, pumping, venting or at atmosphere."""
        if self._venting:
            at_atmosphere = self._chamber.pressure_Pa(now) >= ATMOSPHERE_Pa
            return VacuumStatus.OFF if at_atmosphere else VacuumStatus.VENTING
        return VacuumStatus.READY if self._chamber.ready(now) else VacuumStatus.PUMPING

    def pressure_Pa(self, gauge: int, now: float) -> float:
        """A gauge by its number; not a number if it is absent."""
        if self._faults.nan_pressure:
            return math.nan
        return self._chamber.pressure_Pa(now) if gauge == 0 else GAUGES_Pa.get(gauge, math.nan)

    def pump(self, now: float) -> None:
        """Pump; no effect if that is what happens already."""
        if self.status(now) not in (VacuumStatus.READY, VacuumStatus.PUMPING):
            self._venting = False
            self._chamber.pump(now)

    def vent(self, now: float) -> None:
        """Let air in; no effect if that is what happens already."""
        if not self._venting:
            self._venting = True
            self._chamber.vent(now)
