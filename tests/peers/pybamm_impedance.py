"""PyBaMM's impedance of the Xu2019 half cell, by pybamm-eis: charge transfer and diffusion, without arcs.

Needs pybammeis, so it is run by an interpreter of its own and speaks JSON:

    echo '{"lithium_fraction": 0.3, "frequencies_Hz": [0.001, 0.01]}' | PYTHON tests/peers/pybamm_impedance.py

Printed: real and imaginary parts, ohm.
"""

import json
import sys

import numpy as np
import pybamm
import pybammeis


def impedance_ohm(lithium_fraction: float, frequencies_Hz: list[float]) -> list[complex]:
    """Of the single particle model at rest, with a double layer too small to be seen."""
    values = pybamm.ParameterValues("Xu2019")
    values.update(
        {
            "Current function [A]": 0.0,
            "Initial concentration in positive electrode [mol.m-3]": lithium_fraction * 48230.0,
            "Positive electrode double-layer capacity [F.m-2]": 1e-6,
        }
    )
    model = pybamm.lithium_ion.SPM({"working electrode": "positive", "surface form": "differential"})
    points = {**model.default_var_pts, "r_p": 400}
    simulation = pybammeis.EISSimulation(model, parameter_values=values, var_pts=points)
    return [complex(value) for value in simulation.solve(np.array(frequencies_Hz), method="direct")]


if __name__ == "__main__":
    request = json.load(sys.stdin)
    found = impedance_ohm(request["lithium_fraction"], request["frequencies_Hz"])
    json.dump({"real": [one.real for one in found], "imaginary": [one.imag for one in found]}, sys.stdout)
