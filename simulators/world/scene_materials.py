"""What the cross-section is made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cache
from types import MappingProxyType
from typing import Final

from operando.simulators.world.lines import atomic_weights

__all__ = ["MATERIALS", "Material", "Phase", "mixed_mass_fractions"]


class Phase(IntEnum):
    """The phases of the scene; the numbers are places in arrays of area shares."""

    ARGYRODITE = 0
    NMC = 1
    LITHIUM = 2
    ALUMINIUM = 3
    STEEL = 4
    PORE = 5
    CATHODE_INTERPHASE = 6
    ANODE_INTERPHASE = 7


@dataclass(frozen=True, slots=True)
class Material:
    """A compound as the beam meets it.

    Args:
        name: for people.
        density_kg_m3: of the dense compound.
        atoms: how many of each element in a formula unit.
        secondary_yield: of secondary electrons at 1 keV, a model value (compounds emit more than clean metals).
    """

    name: str
    density_kg_m3: float
    atoms: Mapping[str, float] = field(default_factory=dict)
    secondary_yield: float = 1.0

    @property
    def mass_fractions(self) -> dict[str, float]:
        """Share of each element in the mass."""
        weights = atomic_weights()
        masses = {element: count * weights[element] for element, count in self.atoms.items()}
        return {element: mass / sum(masses.values()) for element, mass in masses.items()}

    @property
    def mean_atomic_weight(self) -> float:
        """In g/mol, over the atoms of a formula unit."""
        weights = atomic_weights()
        return sum(count * weights[element] for element, count in self.atoms.items()) / sum(self.atoms.values())


MATERIALS: Final[Mapping[Phase, Material]] = MappingProxyType(
    {
        Phase.ARGYRODITE: Material("Li6PS5Cl", 1640.0, {"Li": 6, "P": 1, "S": 5, "Cl": 1}, 1.0),
        Phase.NMC: Material("LiNi0.6Mn0.2Co0.2O2", 4700.0, {"Li": 1, "Ni": 0.6, "Mn": 0.2, "Co": 0.2, "O": 2}, 1.25),
        # a fresh surface in the chamber's vacuum: a little oxide on the metal
        Phase.LITHIUM: Material("Li", 534.0, {"Li": 1, "O": 0.02}, 0.62),
        Phase.ALUMINIUM: Material("Al", 2700.0, {"Al": 1}, 1.1),
        Phase.STEEL: Material("Fe", 7870.0, {"Fe": 1}, 1.3),
        # argyrodite oxidised beside NMC: phosphates and sulphates among polysulphides; composition and yield free
        Phase.CATHODE_INTERPHASE: Material("Li5PS4O5Cl", 1900.0, {"Li": 5, "P": 1, "S": 4, "O": 5, "Cl": 1}, 0.72),
        # argyrodite reduced by lithium: 5 Li2S + Li3P + LiCl (Aktekin et al. 2023), with some oxide; yield free
        Phase.ANODE_INTERPHASE: Material("Li14PS5Cl", 1700.0, {"Li": 14, "P": 1, "S": 5, "Cl": 1, "O": 0.6}, 0.84),
    }
)


@cache
def mixed_mass_fractions(shares: tuple[float, ...]) -> Mapping[str, float]:
    """Mass fractions of the elements where phases (in the order of `Phase`) share an area. Pores weigh nothing."""
    masses: dict[str, float] = {}
    for phase, material in MATERIALS.items():
        for element, fraction in material.mass_fractions.items():
            mass = shares[phase] * material.density_kg_m3 * fraction
            masses[element] = masses.get(element, 0.0) + mass
    total = sum(masses.values())
    return MappingProxyType({element: mass / total for element, mass in masses.items() if mass > 0.0})
