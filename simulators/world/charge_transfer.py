"""Charge transfer at an electrode: Butler-Volmer with equal transfer coefficients."""

from math import asinh, sqrt

from operando.simulators.world.constants import FARADAY_C_PER_MOL, GAS_CONSTANT_J_PER_MOL_K

__all__ = ["nmc_exchange_A_per_m2", "overpotential_V", "transfer_resistance_ohm_m2"]

_EDGE = 5e-3
"""How close to empty and to full the exchange current is followed; it is held beyond."""


def nmc_exchange_A_per_m2(rate_constant: float, surface_mol_per_m3: float, maximum_mol_per_m3: float) -> float:
    """Exchange current density of NMC: `k sqrt(c (cmax - c))`, with the electrolyte's concentration in `k`."""
    lowest = _EDGE * maximum_mol_per_m3
    highest = maximum_mol_per_m3 - lowest
    surface = surface_mol_per_m3
    surface = lowest if surface < lowest else highest if surface > highest else surface
    return rate_constant * sqrt(surface * (maximum_mol_per_m3 - surface))


def overpotential_V(current_A_per_m2: float, exchange_A_per_m2: float, temperature_K: float) -> float:
    """Overpotential of a current density: `(2RT/F) asinh(i / 2 i0)`."""
    thermal_V = GAS_CONSTANT_J_PER_MOL_K * temperature_K / FARADAY_C_PER_MOL
    return 2.0 * thermal_V * asinh(current_A_per_m2 / (2.0 * exchange_A_per_m2))


def transfer_resistance_ohm_m2(current_A_per_m2: float, exchange_A_per_m2: float, temperature_K: float) -> float:
    """Derivative of the overpotential with respect to the current density."""
    thermal_V = GAS_CONSTANT_J_PER_MOL_K * temperature_K / FARADAY_C_PER_MOL
    reduced = current_A_per_m2 / (2.0 * exchange_A_per_m2)
    return thermal_V / (exchange_A_per_m2 * sqrt(1.0 + reduced * reduced))
