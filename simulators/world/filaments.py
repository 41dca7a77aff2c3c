"""Cracks that grow from the plated lithium into the electrolyte, and the filaments that follow them.

A population of flaws along the whole interface, each with its own toughness and of a kind of its own. A crack grows
while lithium is plated, where the pressure of the plated lithium exceeds what the electrolyte withstands; lithium fills
it with a lag (Duan et al. 2023: filled by lithium, growing only while plating).
"""

from dataclasses import dataclass, replace
from functools import cached_property
from math import exp, inf, pi

import numpy as np
from numpy.typing import NDArray

from operando.simulators.world.constants import FARADAY_C_PER_MOL, LITHIUM_MOLAR_VOLUME_M3
from operando.simulators.world.presets import CellParameters, FilamentKind

__all__ = ["CrackLaw", "Cracks", "Flaws", "plating_stress_MPa"]

_SHAPE = 1.12
"""Of the stress intensity of a crack at an edge: `K = 1.12 sigma sqrt(pi a)`."""
_FASTEST = 4.0
"""Largest excess of the stress intensity that still makes a crack grow faster."""
_FULL_WITHIN_M = 1.0e-9
_GROWN = 1.001
"""A flaw that is longer than it was by this factor is a crack."""
_HALF_WIDTH_M = 5.0e-3
_BEHIND_THE_CUT = 0.5
_DEEPEST_M = 5.0e-3
_MODULUS_MPa, _POISSON = 22.0e3, 0.37
"""Of argyrodite (Singh et al. 2022)."""
_WIDER_THAN_ELASTIC = 8.0
"""Cracks stand open 3 to 8 times wider than elasticity alone would have it (Duan et al. 2023; free)."""
_MPa_PER_V = FARADAY_C_PER_MOL / LITHIUM_MOLAR_VOLUME_M3 * 1e-6
"""Pressure of plated lithium per overpotential: 7.42 MPa/mV."""


def plating_stress_MPa(density_A_per_m2: float, interface_ohm_m2: float, contact: float, concentration: float) -> float:
    """Pressure in plated lithium where the current crowds: `eta F / V_m`, `eta = i R (1 + c theta) / (1 - theta)`."""
    crowding = (1.0 + concentration * (1.0 - contact)) / contact
    return _MPa_PER_V * density_A_per_m2 * crowding * interface_ohm_m2


@dataclass(frozen=True, slots=True, eq=False)
class Flaws:
    """Where the flaws of an interface are and what they are like; they never change. All arrays of shape (count,).

    Args:
        position_m: along the interface, in specimen coordinates.
        behind_m: how far behind the cut surface; pictures show those at zero.
        kinds: one for each.
        toughness: over the lowest one of the electrolyte, at least 1.
        speed: of growth, relative.
        longest_m: length of a crack that has gone as deep as its kind goes.
        lean: -1 to 1, to which side the crack tends.
    """

    position_m: NDArray[np.float64]
    behind_m: NDArray[np.float64]
    kinds: tuple[FilamentKind, ...]
    toughness: NDArray[np.float64]
    speed: NDArray[np.float64]
    longest_m: NDArray[np.float64]
    lean: NDArray[np.float64]

    @classmethod
    def drawn(cls, parameters: CellParameters, seed: int) -> "Flaws":
        """The flaws of a cell, from its seed."""
        random = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(0x666C6177,)))
        count, table = parameters.filament_count, parameters.filament_kinds
        names = list(table)
        shares, speeds, depths = np.array([table[name] for name in names]).T
        which = random.choice(len(names), count, p=shares / shares.sum())
        across_m = parameters.separator_thickness_m * parameters.crack_tortuosity
        at_cut = random.random(count) >= _BEHIND_THE_CUT
        return cls(
            position_m=random.uniform(-_HALF_WIDTH_M, _HALF_WIDTH_M, count),
            behind_m=np.where(at_cut, 0.0, random.uniform(0.0, _DEEPEST_M, count)),
            kinds=tuple(names[index] for index in which),
            toughness=1.0 + parameters.toughness_spread * random.weibull(1.5, count),
            speed=speeds[which],
            longest_m=np.maximum(depths[which] * across_m, parameters.initial_flaw_m),
            lean=random.uniform(-1.0, 1.0, count),
        )


@dataclass(frozen=True, eq=False)
class Cracks:
    """The cracks and filaments of an interface at one time; arrays of shape (count,), never changed in place.

    Args:
        crack_m: length of each crack along its path; flaws that have not grown have their first length.
        filament_m: how far each is filled with lithium; never longer than its crack.
    """

    crack_m: NDArray[np.float64]
    filament_m: NDArray[np.float64]

    @cached_property
    def longest_filament_m(self) -> float:
        """Of the worst anywhere: what the voltage follows."""
        return float(self.filament_m.max())

    @cached_property
    def longest_crack_m(self) -> float:
        """Of the longest anywhere."""
        return float(self.crack_m.max())

    def bridged(self, across_m: float) -> "Cracks":
        """The same, with the longest filament right across the separator."""
        worst = np.arange(self.crack_m.size) == int(self.filament_m.argmax())
        return Cracks(np.where(worst, across_m, self.crack_m), np.where(worst, across_m, self.filament_m))


class CrackLaw:
    """How the cracks of one cell grow."""

    def __init__(self, parameters: CellParameters, flaws: Flaws) -> None:
        self.flaws = flaws
        self._toughness_MPa = parameters.toughness_MPa_sqrt_m
        self._flaw_m = parameters.initial_flaw_m
        self._r_curve_m = parameters.r_curve_length_m
        self._growth = parameters.crack_growth_m_per_C_per_m2
        self._lag_C_per_m2 = parameters.filament_lag_C_per_m2
        self._last: tuple[Cracks | None, float] = (None, inf)

    def beginning(self) -> Cracks:
        """Flaws without any lithium in them."""
        count = self.flaws.toughness.size
        return Cracks(np.full(count, self._flaw_m), np.zeros(count))

    def after(self, cracks: Cracks, plated_C_per_m2: float, stress_MPa: float) -> Cracks:
        """The cracks after some lithium was plated under a stress; the same object if nothing grew."""
        if plated_C_per_m2 <= 0.0 or self._growth == 0.0:
            return cracks
        if stress_MPa <= self.critical_stress_MPa(cracks):
            return self._filled(cracks, plated_C_per_m2)
        flaws, crack_m = self.flaws, cracks.crack_m
        excess = _SHAPE * stress_MPa * np.sqrt(pi * crack_m) / self._resistance(crack_m)
        pace = np.where(excess > 1.0, np.minimum(excess, _FASTEST) ** 2, 0.0)
        grown_m = np.minimum(crack_m + self._growth * flaws.speed * pace * plated_C_per_m2, flaws.longest_m)
        return self._filled(replace(cracks, crack_m=np.maximum(grown_m, crack_m)), plated_C_per_m2)

    def critical_stress_MPa(self, cracks: Cracks) -> float:
        """The stress at which the weakest crack begins to grow."""
        if self._last[0] is not cracks:
            weakest = self._resistance(cracks.crack_m) / (_SHAPE * np.sqrt(pi * cracks.crack_m))
            self._last = (cracks, float(weakest.min()))
        return self._last[1]

    def grown(self, cracks: Cracks) -> NDArray[np.bool_]:
        """Which flaws have become longer than they were."""
        return cracks.crack_m > _GROWN * self._flaw_m

    def mouth_m(self, cracks: Cracks) -> NDArray[np.float64]:
        """How wide each crack stands open at the lithium.

        `w = 4 (1 - nu^2) sigma a / E` with `sigma = K / (1.12 sqrt(pi a))` (sheet 1.5, 7). `K` is what breaks the
        electrolyte at the tip: grains that bridge a crack behind it (R curve) hold its faces together as well.
        """
        at_tip = self._toughness_MPa * self.flaws.toughness
        stress_MPa = at_tip / (_SHAPE * np.sqrt(pi * cracks.crack_m))
        elastic_m = 4.0 * (1.0 - _POISSON**2) * stress_MPa * cracks.crack_m / _MODULUS_MPa
        return np.asarray(_WIDER_THAN_ELASTIC * elastic_m)

    def _resistance(self, crack_m: NDArray[np.float64]) -> NDArray[np.float64]:
        """Of each crack against growing, in MPa sqrt(m): it rises with what has already broken (R curve)."""
        return self._toughness_MPa * self.flaws.toughness * (1.0 + (crack_m - self._flaw_m) / self._r_curve_m)

    def _filled(self, cracks: Cracks, plated_C_per_m2: float) -> Cracks:
        empty_m = np.where(cracks.crack_m > self._flaw_m, cracks.crack_m - cracks.filament_m, 0.0)
        if empty_m.max() < _FULL_WITHIN_M:
            return cracks
        share = 1.0 - exp(-plated_C_per_m2 / self._lag_C_per_m2)
        return Cracks(cracks.crack_m, np.minimum(cracks.filament_m + share * empty_m, cracks.crack_m))
