"""The small-signal impedance of the cell: arcs in series, with the resistances of the model itself.

In series: leads, bulk and grain boundaries of the electrolyte, lithium interface with interphase, interphase on the
NMC, charge transfer and diffusion at the NMC; parallel to them a short circuit, if there is one. Defaults follow a
solid cell: below the reach of most potentiostats the electrolyte is a resistor; its arc lies above 10 MHz.
"""

import numpy as np
from numpy.typing import NDArray

from operando.simulators.world.presets import CellParameters
from operando.simulators.world.resistances import Resistances

__all__ = ["cell_impedance_ohm", "constant_phase_arc", "spherical_diffusion"]

VACUUM_PERMITTIVITY_F_PER_M = 8.8541878128e-12
Complex = NDArray[np.complex128]


def constant_phase_arc(resistance: float, element: tuple[float, float], frequencies_Hz: NDArray[np.float64]) -> Complex:
    """A resistance parallel to a constant phase element (Q, n): `R / (1 + R Q (j w)^n)`."""
    capacity, exponent = element
    omega = 2j * np.pi * frequencies_Hz
    return np.asarray(resistance / (1.0 + resistance * capacity * omega**exponent), np.complex128)


def spherical_diffusion(radius_m: float, diffusivity_m2_per_s: float, frequencies_Hz: NDArray[np.float64]) -> Complex:
    """Surface concentration per flux into a sphere (s/m): the finite-space Warburg element of a particle."""
    argument = radius_m * np.sqrt(2j * np.pi * frequencies_Hz / diffusivity_m2_per_s)
    # tanh of a large complex number overflows in numpy before it reaches one
    tangent = np.tanh(np.where(argument.real < 100.0, argument, 100.0))
    return np.asarray(radius_m / diffusivity_m2_per_s * tangent / (argument - tangent), np.complex128)


def cell_impedance_ohm(
    parameters: CellParameters, resistances: Resistances, frequencies_Hz: NDArray[np.float64]
) -> Complex:
    """Impedance of a cell at some frequencies (above zero), in ohm, shape of the frequencies."""
    frequencies = np.asarray(frequencies_Hz, np.float64)
    omega = 2j * np.pi * frequencies
    boundaries = resistances.separator_ohm_m2 * parameters.grain_boundary_share
    bulk = resistances.separator_ohm_m2 - boundaries
    relaxation_s = VACUUM_PERMITTIVITY_F_PER_M * parameters.bulk_permittivity / parameters.conductivity_now_S_per_m
    diffusion = spherical_diffusion(parameters.particle_radius_m, parameters.diffusivity_now_m2_per_s, frequencies)
    per_area = (
        resistances.composite_ohm_m2
        + bulk / (1.0 + omega * relaxation_s)
        + constant_phase_arc(boundaries, parameters.grain_boundary_capacity, frequencies)
        + constant_phase_arc(resistances.lithium_ohm_m2, parameters.lithium_capacity, frequencies)
        + constant_phase_arc(resistances.cathode_sei_ohm_m2, parameters.cathode_sei_capacity, frequencies)
        + constant_phase_arc(resistances.nmc_ohm_m2, parameters.nmc_capacity, frequencies)
        + resistances.diffusion_ohm_m3_per_s * diffusion
    )
    cell = per_area / parameters.area_m2
    shorted = cell / (1.0 + cell / resistances.short_ohm)
    return np.asarray(shorted + omega * parameters.wire_inductance_H, np.complex128)
