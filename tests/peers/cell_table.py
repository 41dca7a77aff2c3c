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
from operando.simulators.world.presets import CellParameters, cell_preset

HOUR_S = 3600.0
BATCHES = (cell_preset("fine"), cell_preset("coarse"))
HEADER = "| quantity | literature | fine | coarse | constants | source |\n|---|---|---|---|---|---|"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pybamm")
    python = parser.parse_args().pybamm
    if python:
        print("| against PyBaMM (Xu2019; single particle model if no other is named) | points | largest difference |")
        print("|---|---|---|")
        for name, run in RUNS.items():
            found = differences(python, run)
            print(f"| {name} | {len(found)} | {1e3 * max(found):.3f} mV |")
        print()
    print(beside_literature())


def beside_literature() -> str:
    """The second table."""
    return "\n".join([HEADER, *(f"| {' | '.join(row)} |" for row in literature())])


def literature() -> Iterator[tuple[str, ...]]:
    """Quantity, value of the literature, values of both batches, what its constants owe to that value, source.

    "fitted": a constant was chosen so that this value is met. "input": the constant is this value, or the row is
    arithmetic.
    """
    ohm = [f"{batch.separator_ohm_m2 * 1e4:.1f} ohm cm2" for batch in BATCHES]
    yield "separator", "38 (fine), 31 (coarse) ohm cm2", *ohm, "input", "Singh et al. 2022"
    for celsius, pressure, found in ((60, 1, "0.25"), (80, 1, "0.50"), (25, 3, "0.2"), (25, 7, "1.0")):
        limits = [f"{critical_stripping_mA_per_cm2(batch, celsius, pressure):.2f} mA/cm2" for batch in BATCHES]
        source = "Spencer-Jolly et al. 2021" if pressure == 1 else "Kasemchainan et al. 2019"
        yield f"critical stripping, {celsius} C, {pressure} MPa", f"{found} mA/cm2", *limits, "fitted", source
    for hours, name, found, owed in ((168.0, "1 week", "235 to 315", "fitted"), (400.0, "400 h", "540", "not fitted")):
        thick = [f"{sei_nm(batch, hours):.0f} nm" for batch in BATCHES]
        yield f"interphase at lithium, {name}", f"{found} nm", *thick, owed, "Aktekin et al. 2023"
    moved = f"{LITHIUM_MOLAR_VOLUME_M3 / FARADAY_C_PER_MOL * 36e3 * 1e6:.2f} um"
    yield "lithium for each mAh/cm2", "4.85 um", moved, moved, "input", "molar volume"
    intercepts = [f"{intercept_ohm_cm2(batch):.0f} ohm cm2" for batch in BATCHES]
    yield "impedance at 1 MHz", "about that of the separator", *intercepts, "input", "values above"
    losses = [f"{100 * first_cycle_loss(batch):.0f} %" for batch in BATCHES]
    yield "first-cycle loss", "10 to 15 %", *losses, "fitted", "general knowledge"


def critical_stripping_mA_per_cm2(batch: CellParameters, celsius: float, pressure_MPa: float) -> float:
    """The stripping current density beyond which a batch loses contact."""
    loss = (batch.void_share, batch.refilling, batch.void_height_m)
    contact = LithiumContact(batch.replenishment_A_per_m2, *loss, 273.15 + celsius)
    return contact.replenishment_A_per_m2(pressure_MPa) / 10


def sei_nm(batch: CellParameters, hours: float) -> float:
    """Interphase at the lithium after some hours at rest."""
    return SimulatedCell(batch).at(hours * HOUR_S).anode_sei_m * 1e9


def intercept_ohm_cm2(batch: CellParameters) -> float:
    """Real part of the impedance at 1 MHz."""
    return float(SimulatedCell(batch).impedance(np.array([1e6]), 0.0)[0].real) * batch.area_m2 * 1e4


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


if __name__ == "__main__":
    main()
