"""The validation table of the simulated cell as Markdown: beside PyBaMM, and beside values of the literature.

    python tests/peers/cell_table.py --pybamm PYTHON

`--pybamm` is an interpreter that has PyBaMM; without it only the second table is made.
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from peers.check_cell import RUNS, differences

from operando.simulators.world.cell import SimulatedCell
from operando.simulators.world.constants import FARADAY_C_PER_MOL, LITHIUM_MOLAR_VOLUME_M3
from operando.simulators.world.contact import LithiumContact
from operando.simulators.world.presets import CellParameters, PresetName, cell_preset

HOUR_S = 3600.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pybamm")
    python = parser.parse_args().pybamm
    if python:
        print("| against PyBaMM's single particle model (Xu2019) | points | largest difference |\n|---|---|---|")
        for name, (stretches, every_s) in RUNS.items():
            found = differences(python, stretches, every_s)
            print(f"| {name} | {len(found)} | {1e3 * max(found):.3f} mV |")
        print()
    print("| quantity | literature | world | source |\n|---|---|---|---|")
    for row in literature():
        print("| " + " | ".join(row) + " |")


def literature() -> Iterator[tuple[str, str, str, str]]:
    """Quantity, value of the literature, value of the world, source."""
    for batch, expected in (("fine", "38"), ("coarse", "31")):
        ohm = cell_preset(name(batch)).separator_ohm_m2 * 1e4
        yield f"separator, {batch}", f"{expected} ohm cm2", f"{ohm:.1f} ohm cm2", "Singh et al. 2022"
    for celsius, pressure, found in ((60, 1, "0.25"), (80, 1, "0.50"), (25, 3, "0.2"), (25, 7, "1.0")):
        contact = LithiumContact(0.6, 0.02, 0.45, 1.5e-6, 273.15 + celsius)
        limit = contact.replenishment_A_per_m2(float(pressure)) / 10
        source = "Spencer-Jolly et al. 2021" if pressure == 1 else "Kasemchainan et al. 2019"
        yield f"critical stripping, {celsius} C, {pressure} MPa", f"{found} mA/cm2", f"{limit:.2f} mA/cm2", source
    week_nm, long_nm = (sei_nm(hours) for hours in (168.0, 400.0))
    yield "interphase at lithium, 1 week", "235 to 315 nm", f"{week_nm:.0f} nm", "Aktekin et al. 2023"
    yield "interphase at lithium, 400 h", "540 nm", f"{long_nm:.0f} nm", "Aktekin et al. 2023"
    moved_um = LITHIUM_MOLAR_VOLUME_M3 / FARADAY_C_PER_MOL * 36e3 * 1e6
    yield "lithium for each mAh/cm2", "4.85 um", f"{moved_um:.2f} um", "molar volume"
    cell = SimulatedCell(cell_preset("fine"))
    intercept = float(cell.impedance(np.array([1e6]), 0.0)[0].real) * 0.785
    yield (
        "impedance at 1 MHz, fine",
        "about 38 ohm cm2 (bulk and boundaries)",
        f"{intercept:.0f} ohm cm2",
        "sheet values",
    )
    loss = first_cycle_loss(cell_preset("fine"))
    yield "first-cycle loss", "10 to 15 %", f"{100 * loss:.0f} %", "general knowledge"


def sei_nm(hours: float) -> float:
    """Interphase of the fine batch after some hours at rest."""
    return SimulatedCell(cell_preset("fine")).at(hours * HOUR_S).anode_sei_m * 1e9


def first_cycle_loss(parameters: CellParameters) -> float:
    """Share of the first charge at C/10 that the first discharge does not give back."""
    cell, time_s, passed = SimulatedCell(parameters), 0.0, []
    for current_A, until_V in ((0.118e-3, 4.2), (-0.118e-3, 3.0)):
        cell.drive_current(current_A, time_s)
        began_s = time_s
        while (cell.measure(time_s + 10.0)[0] - until_V) * current_A <= 0.0:
            time_s += 10.0
        passed.append(time_s - began_s)
    return 1.0 - passed[1] / passed[0]


def name(batch: str) -> PresetName:
    return "fine" if batch == "fine" else "coarse"


if __name__ == "__main__":
    main()
