"""Steps of the simulated cell per second on one core, each as one JSON line; exit 1 below 2e5 in the full model.

python benchmarks/cell_speed.py
"""

import json
import sys
import time
from collections.abc import Callable

from operando.simulators.world.cell import SimulatedCell
from operando.simulators.world.cell_model import CellModel
from operando.simulators.world.cell_state import Galvanostatic
from operando.simulators.world.presets import cell_preset

STEPS = 100_000
LEAST_PER_S = 2.0e5
REPEATS = 3


def full_model() -> None:
    """Electrochemistry and all that ages, step by step of one second."""
    model = CellModel(cell_preset("fine"))
    state, charge, discharge = model.beginning(), Galvanostatic(0.12e-3), Galvanostatic(-0.12e-3)
    for second in range(1, STEPS + 1):
        state = model.after(state, float(second), charge if second % 60_000 < 30_000 else discharge)


def sampled(torn: float = 0.0, short_ohm: float | None = None) -> None:
    """What a potentiostat asks for: one measurement a second; cracks grow where the contact is torn."""
    cell = SimulatedCell(cell_preset("fine"))
    cell.inject_contact_loss(torn, 0.0)
    if short_ohm is not None:
        cell.inject_soft_short(0.0, short_ohm)
    for second in range(1, STEPS + 1):
        if second % 30_000 == 1:
            cell.drive_current(0.12e-3 if second % 60_000 == 1 else -0.12e-3, float(second))
        cell.measure(float(second))


PARTS: dict[str, Callable[[], None]] = {
    "full model, step by step": full_model,
    "cell sampled each second": sampled,
    "cell with growing cracks": lambda: sampled(torn=0.5),
    "cell with a soft short": lambda: sampled(short_ohm=2.0e4),
}


def main() -> int:
    rates = {}
    for part, run in PARTS.items():
        best_s = min(_timed(run) for _ in range(REPEATS))
        rates[part] = STEPS / best_s
        print(json.dumps({"part": part, "steps_per_s": round(rates[part])}), flush=True)
    return 0 if rates["full model, step by step"] >= LEAST_PER_S else 1


def _timed(run: Callable[[], None]) -> float:
    started = time.process_time()
    run()
    return time.process_time() - started


if __name__ == "__main__":
    sys.exit(main())
