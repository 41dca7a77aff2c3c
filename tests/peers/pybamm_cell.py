"""PyBaMM's half cells as independent judges of the simulated cell.

Needs PyBaMM, so it is run by an interpreter of its own and speaks JSON:

    echo '{"stretches": [[3600, -0.00024]], "every_s": 60, "solid_S_per_m": null}' | PYTHON tests/peers/pybamm_cell.py

Each stretch is a duration (s) and a current (A, positive charges). Printed: world times (s) and voltages (V) of the
Xu2019 half cell, starting at 4.2 V. A stretch that reaches 3.0 V ends the run. Without a conductivity it is the single
particle model; with one it is the DFN with a single-ion electrolyte 700 um thick.
"""

import json
import sys

import numpy as np
import pybamm

__all__ = ["voltages"]

INITIAL_STOICHIOMETRY = 0.0960119
HALF_CELL = {"working electrode": "positive"}


def voltages(
    stretches: list[tuple[float, float]], every_s: float, solid_S_per_m: float | None
) -> dict[str, list[float]]:
    """Times and voltages under stretches of constant current."""
    simulation = _particle() if solid_S_per_m is None else _solid(solid_S_per_m)
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


def _values(changes: dict[str, float]) -> pybamm.ParameterValues:
    values = pybamm.ParameterValues("Xu2019")
    values.update(
        {
            "Current function [A]": "[input]",
            "Initial concentration in positive electrode [mol.m-3]": INITIAL_STOICHIOMETRY * 48230.0,
            "Lower voltage cut-off [V]": 3.0,
            "Upper voltage cut-off [V]": 4.4,
            **changes,
        }
    )
    return values


def _particle() -> pybamm.Simulation:
    model = pybamm.lithium_ion.SPM(HALF_CELL)
    points = {**model.default_var_pts, "r_p": 200}
    solver = pybamm.IDAKLUSolver(rtol=1e-9, atol=1e-9)
    return pybamm.Simulation(model, parameter_values=_values({}), solver=solver, var_pts=points)


def _solid(conductivity_S_per_m: float) -> pybamm.Simulation:
    """1.5 mAh/cm2 behind a separator that conducts lithium ions alone: no concentration polarisation."""
    model = pybamm.lithium_ion.DFN(HALF_CELL)
    points = {**model.default_var_pts, "r_p": 100}
    changes = {
        "Cation transference number": 1.0,
        "Electrolyte conductivity [S.m-1]": conductivity_S_per_m,
        "Separator thickness [m]": 700e-6,
        "Separator porosity": 1.0,
        "Positive electrode thickness [m]": 31.1e-6,
        "Exchange-current density for lithium metal electrode [A.m-2]": 10.0,
    }
    solver = pybamm.CasadiSolver(mode="safe", rtol=1e-7, atol=1e-8)
    return pybamm.Simulation(model, parameter_values=_values(changes), solver=solver, var_pts=points)


if __name__ == "__main__":
    request = json.load(sys.stdin)
    stretches = [tuple(pair) for pair in request["stretches"]]
    json.dump(voltages(stretches, request["every_s"], request["solid_S_per_m"]), sys.stdout)
