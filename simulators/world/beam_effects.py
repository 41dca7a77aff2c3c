"""What the beam does to the cell: how strong it is, and how it charges a cell that floats.

All sizes are free; each effect can be switched off.
"""

import math
from bisect import bisect_right
from dataclasses import dataclass
from typing import Literal

__all__ = ["BeamCharging", "BeamEffects", "Wiring"]

Wiring = Literal["floating", "earthed"]
"""Whether the cell floats in the chamber, or one electrode lies on the earthed stage."""


@dataclass(frozen=True, slots=True)
class BeamEffects:
    """How strongly the beam acts on the specimen.

    Args:
        plating_efficiency: share of the absorbed charge that reduces argyrodite and plates lithium where it lands
            (Narayanan et al. 2022, doi 10.1038/s41467-022-34855-9, saw such plating); 0 switches it off.
        damage_C_per_m2: absorbed dose beyond which a scanned surface blisters, for good; infinity switches it off. The
            order is that of the maps for which the shipped protocols allow 500 C/m2; its size is free.
        contamination: share of the secondaries that are lost under a thick film of carbon; 0 switches it off.
        wiring: of the cell in the chamber.
        capacity_F: of a floating cell to the chamber; `leak_ohm` of its leads.
        common_mode: how much of the whole cell's potential against the chamber appears between its terminals.
    """

    plating_efficiency: float = 0.2
    damage_C_per_m2: float = 500.0
    contamination: float = 0.25
    wiring: Wiring = "floating"
    capacity_F: float = 0.5e-9
    leak_ohm: float = 2.0e9
    common_mode: float = 1.0e-4


class BeamCharging:
    """The potential of a floating cell, and the current that an earthed one leads past the ammeter, over time.

    `C dV/dt = I - V/R` is exact while the absorbed current stays the same.
    """

    def __init__(self, effects: BeamEffects) -> None:
        self._effects = effects
        self._since_s = [0.0]
        self._start_V = [0.0]
        self._current_A = [0.0]

    def absorbs(self, current_A: float, from_s: float) -> None:
        """From a time on, which is not over, the specimen absorbs this current; saying so twice changes nothing."""
        if current_A == self._current_A[-1]:
            return
        potential_V = self.potential_V(from_s)
        self._since_s.append(from_s)
        self._start_V.append(potential_V)
        self._current_A.append(current_A)

    def potential_V(self, time_s: float) -> float:
        """Of a floating cell against the chamber; electrons make it negative. 0 if an electrode is earthed."""
        if self._effects.wiring == "earthed":
            return 0.0
        number = self._number(time_s)
        final_V = -self._current_A[number] * self._effects.leak_ohm
        decay = math.exp(-(time_s - self._since_s[number]) / (self._effects.leak_ohm * self._effects.capacity_F))
        return final_V + (self._start_V[number] - final_V) * decay

    def offsets(self, time_s: float) -> tuple[float, float]:
        """By how much a potentiostat reads wrong: volts of a floating cell, amperes of an earthed one."""
        if self._effects.wiring == "earthed":
            return 0.0, -self._current_A[self._number(time_s)]
        return self._effects.common_mode * self.potential_V(time_s), 0.0

    def _number(self, time_s: float) -> int:
        return max(bisect_right(self._since_s, time_s) - 1, 0)
