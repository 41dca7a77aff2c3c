"""PyBaMM's single particle half cell as an independent judge of the simulated cell.

Needs PyBaMM, so it is run by an interpreter of its own and speaks JSON:

    echo '{"stretches": [[3600, -0.00024]], "every_s": 60}' | PYTHON tests/peers/pybamm_cell.py

Each stretch is a duration (s) and a current (A, positive charges). Printed: world times (s) and voltages (V) of the
Xu2019 half cell, starting at 4.2 V. A stretch that reaches 3.0 V ends the run.
"""

import json
import sys

import numpy as np
import pybamm

__all__ = ["voltages"]

INITIAL_STOICHIOMETRY = 0.0960119


def voltages(stretches: list[tuple[float, float]], every_s: float) -> dict[str, list[float]]:
    """Times and voltages of the single particle model under stretches of constant current."""
    model = pybamm.lithium_ion.SPM({"working electrode": "positive"})
    values = pybamm.ParameterValues("Xu2019")
    values.update(
        {
            "Current function [A]": "[input]",
            "Initial concentration in positive electrode [mol.m-3]": INITIAL_STOICHIOMETRY * 48230.0,
            "Lower voltage cut-off [V]": 3.0,
            "Upper voltage cut-off [V]": 4.4,
        }
    )
    solver = pybamm.IDAKLUSolver(rtol=1e-9, atol=1e-9)
    points_in_particle = {**model.default_var_pts, "r_p": 200}
    simulation = pybamm.Simulation(model, parameter_values=values, solver=solver, var_pts=points_in_particle)
    times, found = [], []
    solution = None
    for duration, current in stretches:
        start = 0.0 if solution is None else float(solution.t[-1])
        points = np.linspace(0.0, duration, max(2, round(duration / every_s) + 1))
        before = 0 if solution is None else len(solution.t)
        inputs = {"Current function [A]": -current}
        solution = simulation.step(duration, t_eval=points, t_interp=points, inputs=inputs, starting_solution=solution)
        times += [float(t) for t in solution.t[before:]]
        found += [float(v) for v in solution["Voltage [V]"].entries[before:]]
        if solution.t[-1] < start + duration - 1e-6:
            break
    return {"time_s": times, "voltage_V": found}


if __name__ == "__main__":
    request = json.load(sys.stdin)
    json.dump(voltages([tuple(pair) for pair in request["stretches"]], request["every_s"]), sys.stdout)
