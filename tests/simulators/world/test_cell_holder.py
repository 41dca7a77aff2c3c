"""The holder: temperature, stack pressure and how it breathes; wear of the cathode that it holds together."""

import numpy as np
import pytest
from support.cells import C10_A, HALF_CHARGED_S, half_charged

from operando.simulators.world.cathode_wear import CathodeWear
from operando.simulators.world.cell import SimulatedCell
from operando.simulators.world.presets import CellParameters, cell_preset

HOUR_S = 3600.0
COMMON = cell_preset("coarse")


def test_stack_pressure_breathes_with_charge() -> None:
    cell = SimulatedCell(COMMON)
    cell.drive_current(C10_A, 0.0)
    growth_um = 4.85 * 0.12 * 8 / 0.785
    charged_MPa = cell.at(8 * HOUR_S).pressure_MPa
    assert 1.0 + 0.7 * 0.005 * growth_um < charged_MPa < 1.0 + 0.005 * growth_um, "the NMC shrinks a little"
    cell.drive_current(-C10_A, 8 * HOUR_S)
    assert cell.at(16 * HOUR_S).pressure_MPa == pytest.approx(1.0, abs=1e-4)


def test_warm_cell_has_less_resistance_and_faster_interphases() -> None:
    cold, warm = half_charged("fine"), half_charged("fine")
    warm.set_holder(HALF_CHARGED_S, temperature_K=333.15)
    later = HALF_CHARGED_S + 20 * HOUR_S
    at_once = [cell.impedance(np.array([1e4]), HALF_CHARGED_S)[0].real for cell in (cold, warm)]
    assert at_once[1] < 0.6 * at_once[0]
    grown = [cell.at(later).anode_sei_m - cell.at(HALF_CHARGED_S).anode_sei_m for cell in (cold, warm)]
    assert grown[1] > 2.0 * grown[0]
    assert warm.at(later).temperature_K == 333.15
    assert warm.at(HALF_CHARGED_S - 1.0).temperature_K == 298.15


def test_pressed_cell_keeps_its_contact_and_shows_less_resistance() -> None:
    loose, pressed = half_charged("fine"), half_charged("fine")
    pressed.set_holder(HALF_CHARGED_S, pressure_MPa=3.0)
    for cell in (loose, pressed):
        cell.drive_current(-1.5 * C10_A, HALF_CHARGED_S)
    later = HALF_CHARGED_S + 2 * HOUR_S
    assert loose.at(later).contact_loss > 0.01
    assert pressed.at(later).contact_loss == 0.0
    assert pressed.state(later).aged.resistance_ohm_m2 < loose.state(later).aged.resistance_ohm_m2


@pytest.mark.parametrize(("pressure_MPa", "comes_off"), [(1.0, True), (3.0, False)])
def test_cathode_comes_off_where_the_stack_does_not_hold_it(pressure_MPa: float, comes_off: bool) -> None:
    cell = SimulatedCell(COMMON.model_copy(update={"pressure_MPa": pressure_MPa}))
    cell.drive_current(C10_A, 0.0)
    assert (cell.at(8 * HOUR_S).delaminated > 0.0) is comes_off


def test_nmc_comes_loose_at_the_end_of_its_first_charge_and_stays_loose() -> None:
    wear = CathodeWear(COMMON)
    assert wear.shrunk(0.0, 0.5) == 0.0
    assert wear.shrunk(0.0, 0.10) == pytest.approx(COMMON.first_cycle_loss)
    assert wear.shrunk(0.05, 0.9) == 0.05
    assert wear.fatigued(wear.fatigued(0.0, 1.0, 5e4), 1.0, 5e4) == pytest.approx(wear.fatigued(0.0, 1.0, 1e5))


@pytest.mark.parametrize(
    ("switched_off", "stays"),
    [
        ({"void_share": 0.0}, "contact_loss"),
        ({"anode_sei_growth_m_per_sqrt_s": 0.0}, "anode_sei_m"),
        ({"cathode_sei_growth_m_per_sqrt_s": 0.0}, "cathode_sei_m"),
        ({"first_cycle_loss": 0.0, "fatigue_per_root_cycle": 0.0}, "isolated"),
        ({"delamination_per_charge": 0.0}, "delaminated"),
        ({"crack_growth_m_per_C_per_m2": 0.0}, "crack_m"),
        ({"stack_stiffness_MPa_per_m": 0.0}, "pressure_MPa"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_process_has_its_switch(switched_off: dict[str, float], stays: str) -> None:
    def lived(parameters: CellParameters) -> tuple[float, float]:
        cell = SimulatedCell(parameters.model_copy(update={"refilling": 0.0}))
        for cycle in range(6):
            cell.drive_current(3 * C10_A, cycle * 6 * HOUR_S)
            cell.drive_current(-3 * C10_A, (cycle * 6 + 3) * HOUR_S)
        cell.drive_current(3 * C10_A, 36 * HOUR_S)
        return getattr(cell.at(0.0), stays), getattr(cell.at(39 * HOUR_S), stays)

    ageing = cell_preset("fine")
    first, last = lived(ageing)
    assert last > first
    first, last = lived(ageing.model_copy(update=switched_off))
    assert last == first


def test_cell_of_the_demonstration_stays_healthy() -> None:
    cell = SimulatedCell(COMMON, seed=1)
    now = 0.0
    for _ in range(3):
        cell.drive_current(C10_A, now)
        now += 9.3 * HOUR_S
        cell.drive_current(-C10_A, now)
        now += 9.3 * HOUR_S
    view = cell.at(now)
    assert view.short_ohm == float("inf")
    assert view.filament_m < 20e-6
    assert view.contact_loss < 0.1
