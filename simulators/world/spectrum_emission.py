"""The X-rays that leave the specimen towards the detector, for each electron that arrives."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from operando.simulators.world.lines import atomic_numbers, atomic_weights, attenuation_m2_kg, lines_of

__all__ = ["Emission", "emission"]

#: photons of a line per electron: this constant times c/A * shell electrons * yield * (U-1)^1.67; 0.04 gives the
#: 8e-4 of copper K at 20 kV (Green 1963)
_LINE_PHOTONS = 0.04
#: Kramers' continuum in photons per electron and keV for Z (E0 - E)/E; its energy is 1.1e-9 Z V of the beam's
_CONTINUUM_PHOTONS = 2.2e-6
_TAKE_OFF_RAD = math.radians(35.0)
_CONTINUUM_FROM_EV, _CONTINUUM_STEP_EV = 100.0, 10.0


@dataclass(frozen=True, slots=True, eq=False)
class Emission:
    """Photons per electron into the whole sphere, absorption in the specimen already taken off.

    Args:
        line_eV: energies of the characteristic lines; `line_photons` of each.
        continuum_eV: evenly spaced energies; `continuum_photons` per eV at each.
    """

    line_eV: NDArray[np.float64]
    line_photons: NDArray[np.float64]
    continuum_eV: NDArray[np.float64]
    continuum_photons: NDArray[np.float64]


def emission(mass_fractions: Mapping[str, float], voltage_V: float) -> Emission:
    """What a composition emits under a voltage.

    Lines with the overvoltage law (U - 1)^1.67, continuum after Kramers, both absorbed over the range of Anderson
    and Hasler (sheet "SEM and EDS", 5.2).
    """
    lines = [line for element in mass_fractions for line in lines_of(element) if line.edge_eV < voltage_V]
    weights, numbers = atomic_weights(), atomic_numbers()
    energy = np.array([line.energy_eV for line in lines])
    edge = np.array([line.edge_eV for line in lines])
    excited = np.array(
        [
            mass_fractions[line.element] / weights[line.element] * line.shell_electrons * line.photon_yield
            for line in lines
        ]
    )
    photons = _LINE_PHOTONS * excited * (voltage_V / edge - 1) ** 1.67 if lines else np.empty(0)
    photons = photons * _escaping(mass_fractions, energy, edge, voltage_V)
    grid = np.arange(_CONTINUUM_FROM_EV, max(voltage_V, _CONTINUUM_FROM_EV + 20), _CONTINUUM_STEP_EV)
    mean_z = sum(share * numbers[element] for element, share in mass_fractions.items())
    slowing = 1e-3 * _CONTINUUM_PHOTONS * mean_z * (voltage_V - grid) / grid
    return Emission(energy, photons, grid, slowing * _escaping(mass_fractions, grid, grid, voltage_V))


def _escaping(
    mass_fractions: Mapping[str, float],
    energy_eV: NDArray[np.float64],
    edge_eV: NDArray[np.float64],
    voltage_V: float,
) -> NDArray[np.float64]:
    """Share that gets out: (1 - exp(-chi))/chi with chi = mu rho R / sin(take-off angle)."""
    range_kg_m2 = 0.064e-3 * ((voltage_V / 1000) ** 1.68 - (edge_eV / 1000) ** 1.68)
    mass_attenuation = sum(
        (share * attenuation_m2_kg(element, energy_eV) for element, share in mass_fractions.items()),
        start=np.zeros_like(energy_eV),
    )
    chi = np.maximum(mass_attenuation * range_kg_m2 / math.sin(_TAKE_OFF_RAD), 1e-9)
    return np.asarray(-np.expm1(-chi) / chi)
