"""The impedance of the simulated cell beside programs of others; exit 1 if they part.

    python tests/peers/check_impedance.py --pybamm PYTHON --circuits PYTHON

`--pybamm` is an interpreter that has pybammeis: it judges charge transfer and diffusion. `--circuits` is one that has
impedance.py: it judges the arcs of both batches. Prints one JSON line each with the largest relative difference.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from operando.simulators.world.cell import SimulatedCell
from operando.simulators.world.impedance import VACUUM_PERMITTIVITY_F_PER_M, cell_impedance_ohm
from operando.simulators.world.presets import CellParameters, PresetName, cell_preset
from operando.simulators.world.resistances import Resistances

HERE = Path(__file__).parent
MOST = {"charge transfer and diffusion": 5e-3, "arcs": 1e-9}
"""Relative. At 1 Hz the particle of PyBaMM, cut into 400 shells, is 0.3 % off the exact sphere."""
BATCHES: tuple[PresetName, ...] = ("fine", "coarse")
CIRCUIT = "L0-p(R9,R0-p(R1,C1)-p(R2,CPE2)-p(R3,CPE3)-p(R4,CPE4)-p(R5,CPE5))"
"""Composite, bulk, grain boundaries, lithium, interphase on the NMC, charge transfer; R9 is a short across them."""
LITHIUM_FRACTION = 0.3
TOO_SMALL = (1e-9, 1.0)
ARCS = ("grain_boundary_capacity", "lithium_capacity", "cathode_sei_capacity", "nmc_capacity")
STATE = Resistances(0.0038, 0.0006, 0.0031, 0.0009, 0.0027, 0.0, 7000.0)
"""Ohm m2 of a cell that has aged; a soft short is parallel to all of it."""

Complex = NDArray[np.complex128]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pybamm", required=True)
    parser.add_argument("--circuits", required=True)
    asked = parser.parse_args()
    passed = judged("charge transfer and diffusion", *of_particle(asked.pybamm))
    for name in BATCHES:
        passed &= judged("arcs", *of_arcs(asked.circuits, name), name)
    return 0 if passed else 1


def judged(what: str, ours: Complex, theirs: Complex, of: str = "xu2019") -> bool:
    """Tell the largest difference; whether it is small enough."""
    largest = float(np.max(np.abs(ours - theirs) / np.abs(theirs)))
    print(json.dumps({"impedance": what, "cell": of, "frequencies": ours.size, "largest_difference": largest}))
    return largest <= MOST[what]


def of_particle(python: str) -> tuple[Complex, Complex]:
    """The Xu2019 cell at rest, without what makes arcs, from 10 uHz to 1 Hz."""
    frequencies = np.logspace(-5, 0, 26)
    changes = {"initial_lithium_fraction": LITHIUM_FRACTION, **dict.fromkeys(ARCS, TOO_SMALL)}
    ours = SimulatedCell(cell_preset("xu2019").model_copy(update=changes)).impedance(frequencies, 1.0)
    request = {"lithium_fraction": LITHIUM_FRACTION, "frequencies_Hz": frequencies.tolist()}
    return ours, asked_of(python, "pybamm_impedance.py", request)


def of_arcs(python: str, name: PresetName) -> tuple[Complex, Complex]:
    """Everything of a batch but diffusion, with a short, from 1 mHz to 100 MHz."""
    frequencies, batch = np.logspace(-3, 8, 111), cell_preset(name)
    request = {"circuit": CIRCUIT, "constants": constants(batch), "frequencies_Hz": frequencies.tolist()}
    return cell_impedance_ohm(batch, STATE, frequencies), asked_of(python, "circuit_impedance.py", request)


def constants(batch: CellParameters) -> dict[str, float]:
    """Of the whole cell in ohm, farad and henry, by their names in the circuit."""
    boundaries = STATE.separator_ohm_m2 * batch.grain_boundary_share
    bulk = STATE.separator_ohm_m2 - boundaries
    relaxation_s = VACUUM_PERMITTIVITY_F_PER_M * batch.bulk_permittivity / batch.conductivity_now_S_per_m
    resistances = (STATE.composite_ohm_m2, bulk, boundaries, STATE.lithium_ohm_m2, STATE.cathode_sei_ohm_m2)
    found = {f"R{number}": value / batch.area_m2 for number, value in enumerate((*resistances, STATE.nmc_ohm_m2))}
    elements = (batch.grain_boundary_capacity, batch.lithium_capacity, batch.cathode_sei_capacity, batch.nmc_capacity)
    for number, (capacity, exponent) in enumerate(elements, 2):
        found |= {f"CPE{number}_0": capacity * batch.area_m2, f"CPE{number}_1": exponent}
    return found | {"L0": batch.wire_inductance_H, "C1": relaxation_s / found["R1"], "R9": STATE.short_ohm}


def asked_of(python: str, script: str, request: dict[str, object]) -> Complex:
    """What a script says to a request, under an interpreter that has its package."""
    command = [python, "-W", "ignore", str(HERE / script)]
    done = subprocess.run(command, input=json.dumps(request), capture_output=True, text=True, check=True)
    answer = json.loads(done.stdout.splitlines()[-1])
    return np.array(answer["real"]) + 1j * np.array(answer["imaginary"])


if __name__ == "__main__":
    sys.exit(main())
