"""Make, or check, the X-ray tables of the simulated world from xraylib 4.3 (BSD licence).

    python tests/peers/xraylib_lines.py --check     exit 1 if a committed value differs from xraylib's by over 0.1 %
    python tests/peers/xraylib_lines.py --write     write the tables anew

Run it with an interpreter that has xraylib (`pip install xraylib==4.3.0`); operando itself never imports it.
"""

import argparse
import csv
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import xraylib

WORLD = Path(__file__).parents[2] / "simulators" / "world"
SOURCE = f"xraylib {xraylib.__version__}, BSD licence; made by tests/peers/xraylib_lines.py"

EMITTERS = ("C", "O", "Al", "P", "S", "Cl", "Mn", "Fe", "Co", "Ni", "Cu", "Zr", "La")
ABSORBERS = ("Li", "C", "O", "Al", "Si", "P", "S", "Cl", "Mn", "Fe", "Co", "Ni", "Cu", "Zr", "La")
SHELLS = {
    "K": (xraylib.K_SHELL, 2, ("KL3", "KL2", "KM3", "KM2")),
    "L2": (xraylib.L2_SHELL, 2, ("L2M4", "L2N4")),
    "L3": (xraylib.L3_SHELL, 4, ("L3M5", "L3M4", "L3M1", "L3N5")),
}
# xraylib's tables of the light elements begin at 0.1 keV
LOWEST_EV, HIGHEST_EV, STEPS = 100.0, 30_000.0, 115


def lines() -> Iterator[tuple[str, ...]]:
    """One row for each line above 0.2 keV that carries at least 0.5 % of its shell's radiation."""
    yield ("element", "Z", "atomic_weight", "shell", "shell_electrons", "line", "energy_eV", "edge_eV", "yield")
    for element in EMITTERS:
        z = xraylib.SymbolToAtomicNumber(element)
        for shell, (number, electrons, names) in SHELLS.items():
            for name in names:
                try:
                    energy = 1000 * xraylib.LineEnergy(z, getattr(xraylib, f"{name}_LINE"))
                    rate = xraylib.RadRate(z, getattr(xraylib, f"{name}_LINE"))
                    edge = 1000 * xraylib.EdgeEnergy(z, number)
                    fluorescence = xraylib.FluorYield(z, number)
                except ValueError:  # this element has no such line
                    continue
                if rate >= 0.005 and energy > 200:
                    numbers = (f"{energy:.1f}", f"{edge:.1f}", f"{fluorescence * rate:.5g}")
                    weight = f"{xraylib.AtomicWeight(z):.4f}"
                    yield (element, str(z), weight, shell, str(electrons), name, *numbers)


def attenuation() -> Iterator[tuple[str, ...]]:
    """Mass attenuation coefficients in m2/kg on a logarithmic grid with both sides of every edge."""
    yield ("energy_eV", *ABSORBERS)
    numbers = [xraylib.SymbolToAtomicNumber(element) for element in ABSORBERS]
    for energy in sorted(_energies_eV(numbers)):
        yield (f"{energy:.1f}", *(f"{0.1 * xraylib.CS_Total(z, energy / 1000):.4g}" for z in numbers))


def _energies_eV(numbers: list[int]) -> set[float]:
    grid = {round(LOWEST_EV * (HIGHEST_EV / LOWEST_EV) ** (step / STEPS), 1) for step in range(STEPS + 1)}
    for z in numbers:
        for shell in range(xraylib.K_SHELL, xraylib.M5_SHELL + 1):
            try:
                edge = 1000 * xraylib.EdgeEnergy(z, shell)
            except ValueError:
                continue
            if edge > LOWEST_EV + 1:
                grid |= {round(edge - 0.2, 1), round(edge + 0.2, 1)}
    return grid


TABLES: dict[str, tuple[str, Callable[[], Iterator[tuple[str, ...]]]]] = {
    "lines.csv": ("yield = fluorescence yield of the shell x radiative rate of the line", lines),
    "lines_attenuation.csv": ("total mass attenuation in m2/kg; interpolate both axes logarithmically", attenuation),
}


def write() -> None:
    """Replace the committed tables."""
    for name, (meaning, rows) in TABLES.items():
        with (WORLD / name).open("w", newline="") as file:
            file.write(f"# {meaning}. Source: {SOURCE}\n")
            csv.writer(file, lineterminator="\n").writerows(rows())


def differences() -> Iterator[str]:
    """Every cell of the committed tables that is not xraylib's."""
    for name, (_, rows) in TABLES.items():
        with (WORLD / name).open(newline="") as file:
            next(file)
            committed, expected = list(csv.reader(file)), list(rows())
        if len(committed) != len(expected):
            yield f"{name}: {len(committed)} rows, xraylib gives {len(expected)}"
        for number, (mine, theirs) in enumerate(zip(committed, expected, strict=False), start=2):
            if not all(_same(a, b) for a, b in zip(mine, theirs, strict=True)):
                yield f"{name}:{number}: {','.join(mine)} is not {','.join(theirs)}"


def _same(mine: str, theirs: str) -> bool:
    try:
        return abs(float(mine) - float(theirs)) <= 1e-3 * abs(float(theirs))
    except ValueError:
        return mine == theirs


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    action = parser.add_mutually_exclusive_group(required=True)
    action.add_argument("--check", action="store_true")
    action.add_argument("--write", action="store_true")
    if parser.parse_args().write:
        write()
        return 0
    found = list(differences())
    sys.stdout.write("\n".join([*found, f"{len(found)} differences from {SOURCE}"]) + "\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
