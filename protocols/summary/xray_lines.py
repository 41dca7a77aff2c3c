"""Energies of characteristic X-ray lines, and how wide a spectrometer shows them.

Energies: X-ray Data Booklet (LBNL/PUB-490), table 1-2, after J. A. Bearden, Rev. Mod. Phys. 39 (1967) 78. Lithium has
no line that an X-ray window lets through.
"""

from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["CELL_ELEMENTS", "LINES", "Line", "line_width_keV", "lines_of"]

CELL_ELEMENTS = ("C", "O", "Al", "P", "S", "Cl", "Mn", "Co", "Ni")
"""What a cell of argyrodite and NMC between its collectors can show."""

REFERENCE_keV, REFERENCE_WIDTH_keV = 5.899, 0.130


@dataclass(frozen=True, slots=True)
class Line:
    """One line: `Ni Kα` at 7.478 keV."""

    element: str
    family: str
    energy_keV: float

    def __str__(self) -> str:
        return f"{self.element} {self.family}"


LINES = tuple(
    Line(element, family, energy_keV)
    for element, families in {
        "C": {"K": 0.277},
        "N": {"K": 0.392},
        "O": {"K": 0.525},
        "F": {"K": 0.677},
        "Na": {"Kα": 1.041},
        "Mg": {"Kα": 1.254},
        "Al": {"Kα": 1.487},
        "Si": {"Kα": 1.740},
        "P": {"Kα": 2.014},
        "S": {"Kα": 2.308},
        "Cl": {"Kα": 2.622},
        "K": {"Kα": 3.314},
        "Ca": {"Kα": 3.692},
        "Ti": {"Kα": 4.511},
        "Cr": {"Kα": 5.415},
        "Mn": {"Lα": 0.637, "Kα": 5.899},
        "Fe": {"Lα": 0.705, "Kα": 6.404},
        "Co": {"Lα": 0.776, "Kα": 6.930},
        "Ni": {"Lα": 0.852, "Kα": 7.478},
        "Cu": {"Lα": 0.930, "Kα": 8.048},
        "Zn": {"Lα": 1.012, "Kα": 8.639},
        "Ge": {"Lα": 1.188, "Kα": 9.886},
        "Br": {"Lα": 1.480, "Kα": 11.924},
        "Zr": {"Lα": 2.042, "Kα": 15.775},
        "Nb": {"Lα": 2.166, "Kα": 16.615},
        "In": {"Lα": 3.287},
        "Sn": {"Lα": 3.444},
        "I": {"Lα": 3.938},
        "La": {"Lα": 4.651},
        "Ta": {"Mα": 1.710, "Lα": 8.146},
        "W": {"Mα": 1.775, "Lα": 8.398},
        "Pt": {"Mα": 2.051, "Lα": 9.442},
        "Au": {"Mα": 2.123, "Lα": 9.713},
    }.items()
    for family, energy_keV in families.items()
)


def lines_of(elements: Iterable[str]) -> tuple[Line, ...]:
    """The lines of some elements, by energy."""
    wanted = set(elements)
    return tuple(sorted((line for line in LINES if line.element in wanted), key=lambda line: line.energy_keV))


def line_width_keV(energy_keV: float) -> float:
    """Full width at half maximum in a silicon drift detector of 130 eV at Mn Kα.

    FWHM = sqrt(2.5 (E - E_ref) + FWHM_ref^2), all in eV (Goldstein et al., Scanning Electron Microscopy and X-Ray
    Microanalysis, section on energy resolution).
    """
    squared = 2.5e-3 * (energy_keV - REFERENCE_keV) + REFERENCE_WIDTH_keV**2
    return float(max(squared, 0.04**2) ** 0.5)
