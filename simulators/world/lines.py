"""The X-ray tables of the world: characteristic lines and absorption of the elements in the cell.

`lines.csv` and `lines_attenuation.csv` come from xraylib 4.3 (BSD licence); `tests/peers/xraylib_lines.py` made them
and checks them.
"""

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

__all__ = ["Line", "atomic_numbers", "atomic_weights", "attenuation_m2_kg", "lines_of"]


@dataclass(frozen=True, slots=True)
class Line:
    """One characteristic line.

    Args:
        element: symbol.
        name: Siegbahn-free IUPAC name, as KL3.
        energy_eV: of the photon.
        edge_eV: of the shell that must be ionised.
        shell_electrons: in that shell.
        photon_yield: photons of this line for each vacancy of the shell.
    """

    element: str
    name: str
    energy_eV: float
    edge_eV: float
    shell_electrons: int
    photon_yield: float


@cache
def lines_of(element: str) -> tuple[Line, ...]:
    """The lines of an element, none for those that an EDS detector cannot see (H, Li)."""
    return tuple(
        Line(
            element,
            row["line"],
            float(row["energy_eV"]),
            float(row["edge_eV"]),
            int(row["shell_electrons"]),
            float(row["yield"]),
        )
        for row in _rows("lines.csv")
        if row["element"] == element
    )


@cache
def atomic_weights() -> dict[str, float]:
    """Molar mass of the elements of the world in g/mol."""
    return {"Li": 6.94} | {row["element"]: float(row["atomic_weight"]) for row in _rows("lines.csv")}


@cache
def atomic_numbers() -> dict[str, int]:
    """Atomic number of the elements of the world."""
    return {"Li": 3} | {row["element"]: int(row["Z"]) for row in _rows("lines.csv")}


def attenuation_m2_kg(element: str, energy_eV: NDArray[np.float64]) -> NDArray[np.float64]:
    """Total mass attenuation coefficient, interpolated logarithmically; both sides of each edge are in the table."""
    table = _attenuation()
    return np.exp(np.interp(np.log(np.maximum(energy_eV, 1.0)), table["energy_eV"], table[element]))


@cache
def _attenuation() -> dict[str, NDArray[np.float64]]:
    rows = _rows("lines_attenuation.csv")
    return {name: np.log([float(row[name]) for row in rows]) for name in rows[0]}


@cache
def _rows(name: str) -> list[dict[str, str]]:
    with files(__package__).joinpath(name).open("r", encoding="utf-8") as file:
        next(file)  # the source of the table
        return list(csv.DictReader(file))
