"""Steps from a millisecond to a minute lead to the same cell, with a short and without one."""

from math import inf, isfinite

import pytest

from operando.simulators.world.cell_model import CellModel
from operando.simulators.world.cell_state import CellState, Drive, Galvanostatic, Potentiostatic
from operando.simulators.world.presets import cell_preset

AGEING = CellModel(cell_preset("fine"))
WHOLE = CellModel(cell_preset("fine").model_copy(update={"first_cycle_loss": 0.0, "fatigue_per_root_cycle": 0.0}))
"""A cell whose NMC stays connected: the concentrations are exact for any step."""
CHARGE_S = 11.0 * 3600.0
"""At C/10 to 4.2 V."""


def stepped(model: CellModel, drive: Drive, step_s: float, total_s: float, short_ohm: float = inf) -> CellState:
    state = model.after(model.beginning(), 3600.0, Galvanostatic(0.3e-3))
    state = state._replace(aged=state.aged._replace(short_ohm=short_ohm))
    state = model.between(state, 3600.0, drive)
    for number in range(1, round(total_s / step_s) + 1):
        state = model.after(state, 3600.0 + number * step_s, drive)
    return state


@pytest.mark.parametrize("step_s", [1e-3, 0.1, 10.0, 60.0])
def test_long_stretches_of_constant_current_are_exact_in_steps_of_any_length(step_s: float) -> None:
    total_s = 6.0 if step_s < 0.01 else 3600.0 if step_s > 1.0 else 600.0
    drive = Galvanostatic(-0.24e-3)
    once, many = stepped(WHOLE, drive, total_s, total_s), stepped(WHOLE, drive, step_s, total_s)
    assert many.voltage_V == pytest.approx(once.voltage_V, abs=0.1e-3)
    assert many.mean_mol_per_m3 == pytest.approx(once.mean_mol_per_m3, rel=1e-9)
    assert many.slow_mol_per_m3 == pytest.approx(once.slow_mol_per_m3, rel=1e-6)


@pytest.mark.parametrize("short_ohm", [inf, 1e5, 1e3, 10.0])
@pytest.mark.parametrize("drive", [Galvanostatic(0.24e-3), Galvanostatic(0.0), Potentiostatic(3.7, 1e-3)])
def test_long_steps_are_stable(drive: Drive, short_ohm: float) -> None:
    fine, coarse = (stepped(AGEING, drive, step_s, 1200.0, short_ohm) for step_s in (1.0, 60.0))
    assert all(isfinite(value) for value in coarse[:-1])
    assert coarse.voltage_V == pytest.approx(fine.voltage_V, abs=0.1e-3)
    assert coarse.leaked_C == pytest.approx(fine.leaked_C, rel=0.003, abs=1e-6)


@pytest.mark.parametrize(("step_s", "within_V"), [(10.0, 0.1e-3), (60.0, 0.5e-3)])
def test_a_charge_in_which_the_first_cycle_loses_nmc_is_nearly_that_of_steps_of_a_second(
    step_s: float, within_V: float
) -> None:
    """What ages follows the beginning of each step; ten seconds are the longest that the world takes."""

    def charged(every_s: float) -> CellState:
        drive, state = Galvanostatic(0.12e-3), AGEING.beginning()
        for number in range(1, round(CHARGE_S / every_s) + 1):
            state = AGEING.after(state, number * every_s, drive)
        return state

    fine, coarse = charged(1.0), charged(step_s)
    assert fine.aged.connected < 0.9
    assert coarse.voltage_V == pytest.approx(fine.voltage_V, abs=within_V)
