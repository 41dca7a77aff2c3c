"""The small-signal resistances of the cell, one for each process."""

from dataclasses import dataclass
from math import inf

__all__ = ["Resistances"]


@dataclass(frozen=True, slots=True)
class Resistances:
    """Resistances times area of the cell (ohm m2), in series.

    Args:
        separator_ohm_m2: electrolyte between the electrodes, bulk and grain boundaries.
        composite_ohm_m2: ionic conduction in the composite of the NMC.
        lithium_ohm_m2: contact, interphase and charge transfer at the lithium.
        cathode_sei_ohm_m2: interphase on the NMC.
        nmc_ohm_m2: charge transfer at the NMC.
        diffusion_ohm_m3_per_s: what to multiply the diffusion element of a particle (s/m) with.
        short_ohm: of a short circuit across the cell (ohm, not times area), parallel to all others.
    """

    separator_ohm_m2: float
    composite_ohm_m2: float
    lithium_ohm_m2: float
    cathode_sei_ohm_m2: float
    nmc_ohm_m2: float
    diffusion_ohm_m3_per_s: float
    short_ohm: float = inf
