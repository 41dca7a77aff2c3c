"""How many electrons come back: backscattered and secondary yields, and how far the beam reaches."""

import math
from collections.abc import Mapping

from operando.simulators.world.lines import atomic_numbers
from operando.simulators.world.scene_materials import MATERIALS, Material

__all__ = [
    "absorbed_fraction",
    "backscatter_yield",
    "beam_range_m",
    "element_backscatter_yield",
    "secondary_yield_factor",
]


def element_backscatter_yield(atomic_number: int) -> float:
    """Reuter's fit for normal incidence (1972), as in the sheet "Simulating pictures", 5.1."""
    z = atomic_number
    return -0.0254 + 0.016 * z - 1.86e-4 * z**2 + 8.3e-7 * z**3


def backscatter_yield(mass_fractions: Mapping[str, float]) -> float:
    """Castaing's mean by mass."""
    numbers = atomic_numbers()
    return sum(share * element_backscatter_yield(numbers[element]) for element, share in mass_fractions.items())


def secondary_yield_factor(voltage_V: float) -> float:
    """The universal curve of secondary emission over its value at 1 keV.

    delta = 1.28 dm (E/Em)^-0.67 (1 - exp(-1.614 (E/Em)^1.67)) with Em = 0.6 keV (sheet 5.1).
    """
    return _universal_curve(max(voltage_V, 50.0) / 600.0) / _universal_curve(1000.0 / 600.0)


def beam_range_m(material: Material, voltage_V: float) -> float:
    """Kanaya and Okayama (1972): R/um = 0.0276 A E^1.67 / (Z^0.89 rho) with keV and g/cm3."""
    reach = 0.0276 * material.mean_atomic_weight * math.pow(voltage_V / 1000, 1.67)
    charge = math.pow(_mean_number_by_atoms(material), 0.89)
    return 1e-6 * reach / (charge * material.density_kg_m3 / 1000)


def absorbed_fraction(shares: tuple[float, ...], voltage_V: float) -> float:
    """1 - eta - delta of phases (in the order of `Phase`) that share an area. Pores swallow every electron."""
    leaving = 0.0
    for phase, material in MATERIALS.items():
        secondary = material.secondary_yield * secondary_yield_factor(voltage_V)
        leaving += shares[phase] * (backscatter_yield(material.mass_fractions) + secondary)
    return 1 - leaving


def _mean_number_by_atoms(material: Material) -> float:
    numbers = atomic_numbers()
    return sum(count * numbers[element] for element, count in material.atoms.items()) / sum(material.atoms.values())


def _universal_curve(reduced_energy: float) -> float:
    return 1.28 * math.pow(reduced_energy, -0.67) * (1 - math.exp(-1.614 * math.pow(reduced_energy, 1.67)))
