"""What breaks in a cell: cracks and filaments of its interfaces, and the short circuits that come of them.

Cracks grow once a minute of world time and whenever the drive changes, so that it does not matter who asks when.
"""

from bisect import bisect_right
from dataclasses import dataclass
from math import floor, inf

import numpy as np
from numpy.typing import NDArray

from operando.simulators.world.ageing import Ageing
from operando.simulators.world.cell_state import CellState
from operando.simulators.world.filaments import CrackLaw, Cracks, Flaws, plating_stress_MPa
from operando.simulators.world.presets import CellParameters
from operando.simulators.world.short_circuit import InjectedShort, ShortPath, parallel_ohm

__all__ = ["CellDamage", "CrackedInterface"]

_GROWTH_EVERY_S = 60.0


@dataclass(frozen=True, slots=True, eq=False)
class CrackedInterface:
    """The flaws of the lithium interface, and what has become of them at one moment."""

    law: CrackLaw
    cracks: Cracks

    @property
    def flaws(self) -> Flaws:
        """Where they are and what they are like."""
        return self.law.flaws

    @property
    def grown(self) -> NDArray[np.bool_]:
        """Which of them have become cracks."""
        return self.law.grown(self.cracks)

    @property
    def mouth_m(self) -> NDArray[np.float64]:
        """How wide each crack stands open at the lithium."""
        return self.law.mouth_m(self.cracks)


@dataclass(frozen=True, slots=True)
class _Grown:
    """Cracks at the lithium and, in a symmetric cell, at the counter electrode, with the charge at which they grew."""

    time_s: float
    electrode_C: float
    cracks: tuple[Cracks, ...]


class CellDamage:
    """Cracks, filaments and shorts of one cell, with their history."""

    def __init__(self, parameters: CellParameters, seed: int) -> None:
        sides = 2 if parameters.symmetric else 1
        self._laws = tuple(CrackLaw(parameters, Flaws.drawn(parameters, 2 * seed + side)) for side in range(sides))
        self._area_m2 = parameters.area_m2
        self._concentration = parameters.stress_concentration
        self._across_m = parameters.separator_thickness_m * parameters.crack_tortuosity
        self._grows = parameters.crack_growth_m_per_C_per_m2 > 0.0
        self._path = ShortPath(parameters, seed)
        self._times = [0.0]
        self._history = [_Grown(0.0, 0.0, tuple(law.beginning() for law in self._laws))]
        self._next_s = _GROWTH_EVERY_S if self._grows else inf
        self._injected: list[tuple[float, InjectedShort | None]] = []

    @property
    def due_s(self) -> float:
        """When the cracks grow next, if nothing changes before."""
        return self._next_s

    def at(self, time_s: float) -> tuple[CrackedInterface, ...]:
        """The lithium interface, and the second one of a symmetric cell, at a time that was reached."""
        grown = self._history[max(bisect_right(self._times, time_s) - 1, 0)]
        return tuple(CrackedInterface(law, cracks) for law, cracks in zip(self._laws, grown.cracks, strict=True))

    def longest_filament_m(self, time_s: float) -> float:
        """Of the worst filament anywhere."""
        return max(interface.cracks.longest_filament_m for interface in self.at(time_s))

    def grow(self, state: CellState, ageing: Ageing) -> None:
        """Let the cracks grow by what was plated since they last grew."""
        if not self._grows:
            return
        last = self._history[-1]
        electrode_C = state.charge_C - state.leaked_C
        self._next_s = (floor(state.time_s / _GROWTH_EVERY_S) + 1.0) * _GROWTH_EVERY_S
        seconds = state.time_s - last.time_s
        if seconds <= 0.0:
            return
        passed = (electrode_C - last.electrode_C) / self._area_m2
        interface_ohm_m2 = ageing.interface_ohm_m2(state.aged.pressure_MPa)
        grown = []
        for law, cracks, plated, contact in zip(
            self._laws, last.cracks, (passed, -passed), (state.aged.contact, state.aged.counter_contact), strict=False
        ):
            stress = plating_stress_MPa(plated / seconds, interface_ohm_m2, contact, self._concentration)
            grown.append(law.after(cracks, plated, stress))
        self._remember(_Grown(state.time_s, electrode_C, self._perhaps_bridged(tuple(grown), state.time_s)))

    def forget_after(self, time_s: float) -> None:
        """Drop what is later than a time."""
        count = bisect_right(self._times, time_s)
        del self._times[count:]
        del self._history[count:]

    def inject(self, short: InjectedShort | None, now: float) -> None:
        """From now on there is this short beside what the filaments do; None ends it."""
        self._injected.append((now, short))

    def short_ohm(self, time_s: float) -> float:
        """Resistance across the cell from a moment that is the latest so far until the next whole second."""
        injected = self._injected[-1][1] if self._injected else None
        path = self._crossed(self._history[-1].cracks)
        if injected is None and not self._path.conducts(path):
            return inf
        second = floor(time_s)
        return parallel_ohm(self._path.injected_ohm(injected, second), self._path.filament_ohm(path, second))

    def _crossed(self, cracks: tuple[Cracks, ...]) -> float:
        return max(side.longest_filament_m for side in cracks) / self._across_m if self._grows else 0.0

    def _perhaps_bridged(self, cracks: tuple[Cracks, ...], time_s: float) -> tuple[Cracks, ...]:
        """By chance a filament that conducts becomes a bridge: it then crosses the whole separator."""
        minute, rest_s = divmod(time_s, _GROWTH_EVERY_S)
        if rest_s or not self._path.bridges_by_chance(self._crossed(cracks), int(minute)):
            return cracks
        worst = max(range(len(cracks)), key=lambda side: cracks[side].longest_filament_m)
        return tuple(side.bridged(self._across_m) if n == worst else side for n, side in enumerate(cracks))

    def _remember(self, grown: _Grown) -> None:
        self._times.append(grown.time_s)
        self._history.append(grown)
