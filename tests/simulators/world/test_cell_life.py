"""Whole lives of cells: which of them short, when, and what stack pressure changes (the sheet's table)."""

import os
from math import inf

import pytest

from operando.simulators.world.cell import SimulatedCell
from operando.simulators.world.cell_view import CellView
from operando.simulators.world.presets import PresetName, cell_preset

HOUR_S = 3600.0
LONG = bool(os.environ.get("OPERANDO_FULL"))
CAPACITY_C = 1.2 * 3.6


def lived(preset: PresetName, most_cycles: int, rate: float = 0.1, pressure_MPa: float = 1.0) -> tuple[int, CellView]:
    """Cycles that a cell completes, and its state after them: 3.0 to 4.2 V, held to C/50, an hour of rest each.

    A charge that has passed one and a half times the capacity never ends.
    """
    cell = SimulatedCell(cell_preset(preset).model_copy(update={"pressure_MPa": pressure_MPa}), seed=2)
    now, current_A = 0.0, rate * CAPACITY_C / HOUR_S
    for cycle in range(most_cycles):
        cell.drive_current(current_A, now)
        until_s = now + 1.5 * HOUR_S / rate
        while cell.measure(now)[0] < 4.2:
            now += 60.0
            if now > until_s:
                return cycle, cell.at(now)
        cell.drive_voltage(4.2, now, 1e-3)
        while cell.measure(now)[1] > 0.024e-3 and now < until_s + 10 * HOUR_S:
            now += 60.0
        cell.open_circuit(now)
        now += HOUR_S
        cell.drive_current(-current_A, now)
        while cell.measure(now)[0] > 3.0:
            now += 60.0
        cell.open_circuit(now)
        now += HOUR_S
    return most_cycles, cell.at(now)


def test_small_grains_come_to_a_charge_that_never_ends_after_some_sixteen_cycles() -> None:
    cycles, view = lived("fine", 25)
    assert 14 <= cycles <= 20
    assert view.short_ohm < inf
    assert view.filament_m > 0.4e-3


def test_large_grains_do_not_short() -> None:
    cycles, view = lived("coarse", 60 if LONG else 25)
    assert cycles == (60 if LONG else 25)
    assert view.short_ohm == inf
    assert view.filament_m < 0.15e-3


@pytest.mark.parametrize("preset", ["fine", "coarse"])
def test_three_megapascal_prevent_every_mechanical_failure(preset: str) -> None:
    cycles, view = lived("fine" if preset == "fine" else "coarse", 30 if LONG else 20, pressure_MPa=3.0)
    assert cycles == (30 if LONG else 20)
    assert view.contact_loss == 0.0
    assert view.delaminated == 0.0
    assert view.filament_m < 10e-6
    assert view.cathode_sei_m > 30e-9, "interphases grow all the same"


def test_twice_the_current_shorts_no_later() -> None:
    cycles, _ = lived("fine", 25, rate=0.2)
    assert cycles <= 18
