"""How large the spot is in which a parked beam leaves its electrons."""

import math

__all__ = ["spot_area_m2"]

# Argyrodite Li6PS5Cl: mean atomic weight and number by mass, density of a pellet in g/cm3.
ATOMIC_WEIGHT = 28.1
ATOMIC_NUMBER = 14.4
DENSITY_G_PER_CM3 = 1.64


def spot_area_m2(voltage_V: float) -> float:
    """Area over which the electrons of a parked beam spread, a disc as wide as their range in argyrodite.

    Kanaya and Okayama, J. Phys. D 5 (1972) 43: R = 0.0276 A E^1.67 / (Z^0.889 rho), R in um, E in keV, rho in g/cm3.
    """
    range_um: float = 0.0276 * ATOMIC_WEIGHT * (voltage_V / 1e3) ** 1.67 / (ATOMIC_NUMBER**0.889 * DENSITY_G_PER_CM3)
    return math.pi / 4.0 * (range_um * 1e-6) ** 2
