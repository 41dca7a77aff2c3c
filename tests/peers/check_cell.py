"""The simulated cell beside PyBaMM's single particle model, stretch by stretch; exit 1 if they part.

    python tests/peers/check_cell.py --pybamm PYTHON

`--pybamm` is an interpreter that has PyBaMM. Prints one JSON line for each run with the largest difference.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

from operando.simulators.world.cell import SimulatedCell
from operando.simulators.world.presets import cell_preset

HERE = Path(__file__).parent
HOUR_S = 3600.0
LOWEST_V = 3.5
SETTLED_S = 60.0
"""A two-state particle differs from a resolved one for the first seconds after a step (up to 1 mV)."""
MOST_V = 1e-3

RUNS = {
    "C/20 discharge": ([(30 * HOUR_S, -0.12e-3)], 300.0),
    "C/10 discharge": ([(15 * HOUR_S, -0.24e-3)], 300.0),
    "C/5 discharge": ([(7.5 * HOUR_S, -0.48e-3)], 300.0),
    "C/5 pulse and rest": ([(HOUR_S, -0.48e-3), (HOUR_S, 0.0)], 5.0),
}


def by_pybamm(python: str, stretches: list[tuple[float, float]], every_s: float) -> tuple[list[float], list[float]]:
    request = json.dumps({"stretches": stretches, "every_s": every_s})
    command = [python, str(HERE / "pybamm_cell.py")]
    done = subprocess.run(command, input=request, capture_output=True, text=True, check=True)
    answer = json.loads(done.stdout.splitlines()[-1])
    return answer["time_s"], answer["voltage_V"]


def differences(python: str, stretches: list[tuple[float, float]], every_s: float) -> list[float]:
    times, voltages = by_pybamm(python, stretches, every_s)
    cell = SimulatedCell(cell_preset("xu2019"))
    steps = [0.0]
    for duration_s, _ in stretches:
        steps.append(steps[-1] + duration_s)
    found = []
    for index, (duration_s, current_A) in enumerate(stretches):
        begin_s = steps[index]
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
    for name, (stretches, every_s) in RUNS.items():
        found = differences(python, stretches, every_s)
        worst = max(worst, *found)
        print(json.dumps({"run": name, "points": len(found), "largest_difference_mV": round(1e3 * max(found), 4)}))
    return 0 if worst < MOST_V else 1


if __name__ == "__main__":
    sys.exit(main())
