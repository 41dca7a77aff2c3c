"""The simulated cell beside PyBaMM's single particle model and its DFN, stretch by stretch; exit 1 if they part.

    python tests/peers/check_cell.py --pybamm PYTHON

`--pybamm` is an interpreter that has PyBaMM. Prints one JSON line for each run with the largest difference.
"""

import argparse
import json
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from operando.simulators.world.cell import SimulatedCell
from operando.simulators.world.presets import cell_preset

HERE = Path(__file__).parent
HOUR_S = 3600.0
LOWEST_V = 3.5
SETTLED_S = 60.0
"""A two-state particle differs from a resolved one for the first seconds after a step (up to 1 mV)."""
MOST_V = 0.3e-3
SINGLE_ION = {
    "separator_thickness_m": 700e-6,
    "cathode_thickness_m": 31.1e-6,
    "cathode_conduction_share": 0.335**1.5,
    "lithium_exchange_A_per_m2": 10.0,
}
"""The cell of `pybamm_cell.py` with a solid electrolyte: 1.5 mAh/cm2, and the porosity of Xu2019 in the composite."""
C_RATE_A = 2.4e-3
SOLID_C_RATE_A = 1.5e-3 * 1.54


@dataclass(frozen=True, slots=True)
class Run:
    """Currents; with the conductivity of a single-ion electrolyte the DFN is asked, else the single particle model."""

    stretches: tuple[tuple[float, float], ...]
    every_s: float
    solid_S_per_m: float | None = None


RUNS = {
    "C/20 discharge": Run(((30 * HOUR_S, -C_RATE_A / 20),), 300.0),
    "C/10 discharge": Run(((15 * HOUR_S, -C_RATE_A / 10),), 300.0),
    "C/5 discharge": Run(((7.5 * HOUR_S, -C_RATE_A / 5),), 300.0),
    "C/5 pulse and rest": Run(((HOUR_S, -C_RATE_A / 5), (HOUR_S, 0.0)), 5.0),
    "DFN, 2 mS/cm, C/20 discharge": Run(((20 * HOUR_S, -SOLID_C_RATE_A / 20),), 600.0, 0.2),
    "DFN, 2 mS/cm, C/10 discharge": Run(((10 * HOUR_S, -SOLID_C_RATE_A / 10),), 300.0, 0.2),
    "DFN, 2 mS/cm, C/5 discharge": Run(((5 * HOUR_S, -SOLID_C_RATE_A / 5),), 150.0, 0.2),
    "DFN, 1 mS/cm, C/10 discharge": Run(((10 * HOUR_S, -SOLID_C_RATE_A / 10),), 300.0, 0.1),
}


def by_pybamm(python: str, run: Run) -> tuple[list[float], list[float]]:
    """Times and voltages of PyBaMM."""
    command = [python, str(HERE / "pybamm_cell.py")]
    done = subprocess.run(command, input=json.dumps(asdict(run)), capture_output=True, text=True, check=True)
    answer = json.loads(done.stdout.splitlines()[-1])
    return answer["time_s"], answer["voltage_V"]


def simulated(run: Run) -> SimulatedCell:
    """Our cell for a run."""
    preset = cell_preset("xu2019")
    if run.solid_S_per_m is not None:
        preset = preset.model_copy(update={**SINGLE_ION, "conductivity_S_per_m": run.solid_S_per_m})
    return SimulatedCell(preset)


def differences(python: str, run: Run) -> list[float]:
    """Absolute differences of the voltages above 3.5 V, from a minute after each change of current."""
    times, voltages = by_pybamm(python, run)
    cell = simulated(run)
    steps = [0.0]
    for duration_s, _ in run.stretches:
        steps.append(steps[-1] + duration_s)
    found = []
    for begin_s, (duration_s, current_A) in zip(steps, run.stretches, strict=False):
        cell.drive_current(current_A, begin_s)
        for time_s, voltage_V in zip(times, voltages, strict=True):
            if begin_s + SETTLED_S <= time_s <= begin_s + duration_s and voltage_V > LOWEST_V:
                found.append(abs(cell.measure(time_s)[0] - voltage_V))
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pybamm", required=True)
    python = parser.parse_args().pybamm
    worst = 0.0
    for name, run in RUNS.items():
        found = differences(python, run)
        worst = max(worst, *found)
        print(json.dumps({"run": name, "points": len(found), "largest_difference_mV": round(1e3 * max(found), 4)}))
    return 0 if worst < MOST_V else 1


if __name__ == "__main__":
    sys.exit(main())
